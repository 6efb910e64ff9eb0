package main

import (
	"slices"

	corev3 "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
)

const (
	clusterType  = "type.googleapis.com/envoy.config.cluster.v3.Cluster"
	endpointType = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
	listenerType = "type.googleapis.com/envoy.config.listener.v3.Listener"
	routeType    = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration"
)

// subscription is what is asked for of one type, and which answer was the last.
type subscription struct {
	names   []string
	version string
	nonce   string
}

// subscriptions asks for all clusters and listeners, and for the endpoints and routes that these name: Envoy's order.
type subscriptions struct {
	node   *corev3.Node
	byType map[string]*subscription
}

func newSubscriptions(node *corev3.Node) *subscriptions {
	return &subscriptions{node: node, byType: map[string]*subscription{}}
}

func (s *subscriptions) start() []*discoveryv3.DiscoveryRequest {
	return []*discoveryv3.DiscoveryRequest{s.request(clusterType), s.request(listenerType)}
}

// answered acknowledges a response, and asks for what it names. named is sorted.
func (s *subscriptions) answered(response *discoveryv3.DiscoveryResponse, named []string) []*discoveryv3.DiscoveryRequest {
	asked := s.of(response.TypeUrl)
	asked.version, asked.nonce = response.VersionInfo, response.Nonce
	requests := []*discoveryv3.DiscoveryRequest{s.request(response.TypeUrl)}
	dependent := map[string]string{clusterType: endpointType, listenerType: routeType}[response.TypeUrl]
	if dependent == "" || slices.Equal(s.of(dependent).names, named) {
		return requests
	}
	s.of(dependent).names = named
	return append(requests, s.request(dependent))
}

func (s *subscriptions) of(typeURL string) *subscription {
	if s.byType[typeURL] == nil {
		s.byType[typeURL] = &subscription{}
	}
	return s.byType[typeURL]
}

func (s *subscriptions) request(typeURL string) *discoveryv3.DiscoveryRequest {
	asked := s.of(typeURL)
	return &discoveryv3.DiscoveryRequest{
		Node:          s.node,
		TypeUrl:       typeURL,
		ResourceNames: asked.names,
		VersionInfo:   asked.version,
		ResponseNonce: asked.nonce,
	}
}
