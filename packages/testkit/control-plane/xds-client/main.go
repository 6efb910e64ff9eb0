// xds-client follows the configuration that an xDS server such as istiod sends to a gateway, over aggregated discovery
// (state of the world) on plaintext gRPC, and prints it as JSON: one line for each answer, which replaces what an
// earlier line said of the same things. It ends with 1 when the stream breaks.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/structpb"
)

func main() {
	server := flag.String("server", "127.0.0.1:15010", "host:port of the xDS server")
	node := flag.String("node", "router~127.0.0.1~gw.istio-system~istio-system.svc.cluster.local", "id of the gateway's node")
	flag.Parse()
	if err := follow(context.Background(), *server, *node); err != nil {
		fmt.Fprintln(os.Stderr, "xds-client:", err)
		os.Exit(1)
	}
}

// follow asks for everything that the node is configured with, and prints what comes, until the stream breaks.
func follow(ctx context.Context, server, node string) error {
	connection, err := grpc.NewClient(server, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		return err
	}
	defer connection.Close()
	stream, err := discoveryv3.NewAggregatedDiscoveryServiceClient(connection).StreamAggregatedResources(ctx)
	if err != nil {
		return err
	}
	identity, err := gateway(node)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	subscriptions := newSubscriptions(identity)
	for _, request := range subscriptions.start() {
		if err := stream.Send(request); err != nil {
			return err
		}
	}
	for {
		response, err := stream.Recv()
		if err != nil {
			return err
		}
		line, named, err := decode(response)
		if err != nil {
			return err
		}
		if err := out.Encode(line); err != nil {
			return err
		}
		for _, request := range subscriptions.answered(response, named) {
			if err := stream.Send(request); err != nil {
				return err
			}
		}
	}
}

// gateway is the node that Istio's own ingress gateway says that it is.
func gateway(id string) (*corev3.Node, error) {
	metadata, err := structpb.NewStruct(map[string]any{
		"NAMESPACE":  "istio-system",
		"CLUSTER_ID": "Kubernetes",
		"LABELS":     map[string]any{"istio": "ingressgateway"},
	})
	if err != nil {
		return nil, err
	}
	return &corev3.Node{Id: id, Cluster: "gw", Metadata: metadata}, nil
}
