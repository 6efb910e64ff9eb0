package main

import (
	"fmt"
	"slices"

	clusterv3 "github.com/envoyproxy/go-control-plane/envoy/config/cluster/v3"
	endpointv3 "github.com/envoyproxy/go-control-plane/envoy/config/endpoint/v3"
	listenerv3 "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	routev3 "github.com/envoyproxy/go-control-plane/envoy/config/route/v3"
	hcmv3 "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	discoveryv3 "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
)

// decode reads a response: the line to print, and the names of what depends on it.
func decode(response *discoveryv3.DiscoveryResponse) (any, []string, error) {
	switch response.TypeUrl {
	case clusterType:
		return clustersOf(response.Resources)
	case endpointType:
		return endpointsOf(response.Resources)
	case listenerType:
		return listenersOf(response.Resources)
	case routeType:
		return routesOf(response.Resources)
	default:
		return nil, nil, fmt.Errorf("an answer of type %s, which was not asked for", response.TypeUrl)
	}
}

// all decodes every resource of one type.
func all[T proto.Message](resources []*anypb.Any, empty func() T) ([]T, error) {
	decoded := make([]T, 0, len(resources))
	for _, resource := range resources {
		message := empty()
		if err := resource.UnmarshalTo(message); err != nil {
			return nil, err
		}
		decoded = append(decoded, message)
	}
	return decoded, nil
}

func clustersOf(resources []*anypb.Any) (any, []string, error) {
	clusters, err := all(resources, func() *clusterv3.Cluster { return &clusterv3.Cluster{} })
	if err != nil {
		return nil, nil, err
	}
	line := clustersLine{Kind: "clusters", Clusters: []clusterEntry{}}
	names := []string{}
	for _, cluster := range clusters {
		// The others (BlackHoleCluster and its like) serve no Service.
		if cluster.GetType() != clusterv3.Cluster_EDS {
			continue
		}
		names = append(names, assignmentName(cluster))
		line.Clusters = append(line.Clusters, clusterEntry{
			Name:        cluster.Name,
			Endpoints:   assignmentName(cluster),
			ServiceHost: serviceField(cluster, "host"),
			ServiceName: serviceField(cluster, "name"),
			Namespace:   serviceField(cluster, "namespace"),
		})
	}
	slices.Sort(names)
	return line, names, nil
}

// assignmentName is what the endpoints of a cluster are asked for by.
func assignmentName(cluster *clusterv3.Cluster) string {
	if name := cluster.GetEdsClusterConfig().GetServiceName(); name != "" {
		return name
	}
	return cluster.Name
}

// serviceField reads what Istio tells its metrics of the Service behind a cluster.
func serviceField(cluster *clusterv3.Cluster, field string) string {
	services := cluster.GetMetadata().GetFilterMetadata()["istio"].GetFields()["services"].GetListValue().GetValues()
	if len(services) == 0 {
		return ""
	}
	return services[0].GetStructValue().GetFields()[field].GetStringValue()
}

func endpointsOf(resources []*anypb.Any) (any, []string, error) {
	assignments, err := all(resources, func() *endpointv3.ClusterLoadAssignment { return &endpointv3.ClusterLoadAssignment{} })
	if err != nil {
		return nil, nil, err
	}
	line := endpointsLine{Kind: "endpoints", Clusters: []assignmentEntry{}}
	for _, assignment := range assignments {
		entry := assignmentEntry{Name: assignment.ClusterName, Endpoints: []endpointEntry{}}
		for _, locality := range assignment.Endpoints {
			for _, endpoint := range locality.LbEndpoints {
				address := endpoint.GetEndpoint().GetAddress().GetSocketAddress()
				workload := endpoint.GetMetadata().GetFilterMetadata()["istio"].GetFields()["workload"].GetStringValue()
				entry.Endpoints = append(entry.Endpoints, endpointEntry{
					Address:  address.GetAddress(),
					Port:     address.GetPortValue(),
					Health:   endpoint.HealthStatus.String(),
					Workload: workload,
				})
			}
		}
		line.Clusters = append(line.Clusters, entry)
	}
	return line, nil, nil
}

func listenersOf(resources []*anypb.Any) (any, []string, error) {
	listeners, err := all(resources, func() *listenerv3.Listener { return &listenerv3.Listener{} })
	if err != nil {
		return nil, nil, err
	}
	line := listenersLine{Kind: "listeners", Listeners: []listenerEntry{}}
	names := []string{}
	for _, listener := range listeners {
		entry := listenerEntry{Name: listener.Name, Port: listener.GetAddress().GetSocketAddress().GetPortValue()}
		for _, chain := range listener.FilterChains {
			for _, filter := range chain.Filters {
				manager := &hcmv3.HttpConnectionManager{}
				if !filter.GetTypedConfig().MessageIs(manager) {
					continue
				}
				if err := filter.GetTypedConfig().UnmarshalTo(manager); err != nil {
					return nil, nil, err
				}
				if name := manager.GetRds().GetRouteConfigName(); name != "" {
					entry.Routes = append(entry.Routes, name)
				}
			}
		}
		names = append(names, entry.Routes...)
		line.Listeners = append(line.Listeners, entry)
	}
	slices.Sort(names)
	return line, slices.Compact(names), nil
}

func routesOf(resources []*anypb.Any) (any, []string, error) {
	configurations, err := all(resources, func() *routev3.RouteConfiguration { return &routev3.RouteConfiguration{} })
	if err != nil {
		return nil, nil, err
	}
	line := routesLine{Kind: "routes", Configurations: []routeConfigurationEntry{}}
	for _, configuration := range configurations {
		entry := routeConfigurationEntry{Name: configuration.Name, VirtualHosts: []virtualHostEntry{}}
		for _, host := range configuration.VirtualHosts {
			virtualHost := virtualHostEntry{Name: host.Name, Domains: host.Domains, Routes: []routeEntry{}}
			for _, route := range host.Routes {
				virtualHost.Routes = append(virtualHost.Routes, routeOf(route))
			}
			entry.VirtualHosts = append(entry.VirtualHosts, virtualHost)
		}
		line.Configurations = append(line.Configurations, entry)
	}
	return line, nil, nil
}

// routeOf keeps what a request needs: a prefix or a whole path, and clusters by weight or a fixed answer. What it does
// not know is said, so that whoever follows can refuse instead of guessing.
func routeOf(route *routev3.Route) routeEntry {
	entry := routeEntry{Clusters: []weightedCluster{}}
	match := route.GetMatch()
	switch {
	case len(match.GetHeaders())+len(match.GetQueryParameters()) > 0:
		entry.Unknown = "match by headers or query"
	case match.GetPath() != "":
		entry.Path = match.GetPath()
	case match.GetPrefix() != "":
		entry.Prefix = match.GetPrefix()
	default:
		entry.Unknown = fmt.Sprintf("match %T", match.GetPathSpecifier())
	}
	switch {
	case route.GetDirectResponse() != nil:
		entry.Status = route.GetDirectResponse().Status
	case route.GetRoute().GetCluster() != "":
		entry.Clusters = append(entry.Clusters, weightedCluster{Name: route.GetRoute().GetCluster(), Weight: 100})
	case route.GetRoute().GetWeightedClusters() != nil:
		for _, cluster := range route.GetRoute().GetWeightedClusters().Clusters {
			entry.Clusters = append(entry.Clusters, weightedCluster{Name: cluster.Name, Weight: cluster.GetWeight().GetValue()})
		}
	default:
		entry.Unknown = fmt.Sprintf("action %T", route.GetAction())
	}
	return entry
}
