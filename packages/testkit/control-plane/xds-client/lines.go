package main

// Lines of output. `kind` says which.

// clustersLine has all clusters of Services: one that it does not name is gone.
type clustersLine struct {
	Kind     string         `json:"kind"`
	Clusters []clusterEntry `json:"clusters"`
}

type clusterEntry struct {
	Name string `json:"name"`
	// Which assignment has its endpoints.
	Endpoints   string `json:"endpoints"`
	ServiceHost string `json:"serviceHost"`
	ServiceName string `json:"serviceName"`
	Namespace   string `json:"namespace"`
}

// endpointsLine has the endpoints of those clusters that it names; others are as they were.
type endpointsLine struct {
	Kind     string            `json:"kind"`
	Clusters []assignmentEntry `json:"clusters"`
}

type assignmentEntry struct {
	Name      string          `json:"name"`
	Endpoints []endpointEntry `json:"endpoints"`
}

type endpointEntry struct {
	Address string `json:"address"`
	Port    uint32 `json:"port"`
	Health  string `json:"health"`
	// `workload;namespace;canonical service;canonical revision;cluster`
	Workload string `json:"workload"`
}

// listenersLine has all listeners: one that it does not name is gone.
type listenersLine struct {
	Kind      string          `json:"kind"`
	Listeners []listenerEntry `json:"listeners"`
}

type listenerEntry struct {
	Name   string   `json:"name"`
	Port   uint32   `json:"port"`
	Routes []string `json:"routes"`
}

// routesLine has those route configurations that it names; others are as they were.
type routesLine struct {
	Kind           string                    `json:"kind"`
	Configurations []routeConfigurationEntry `json:"configurations"`
}

type routeConfigurationEntry struct {
	Name         string             `json:"name"`
	VirtualHosts []virtualHostEntry `json:"virtualHosts"`
}

type virtualHostEntry struct {
	Name    string       `json:"name"`
	Domains []string     `json:"domains"`
	Routes  []routeEntry `json:"routes"`
}

// routeEntry is one of: clusters, a status, or something unknown. It matches by prefix or path.
type routeEntry struct {
	Prefix   string            `json:"prefix,omitempty"`
	Path     string            `json:"path,omitempty"`
	Clusters []weightedCluster `json:"clusters"`
	Status   uint32            `json:"status,omitempty"`
	Unknown  string            `json:"unknown,omitempty"`
}

type weightedCluster struct {
	Name   string `json:"name"`
	Weight uint32 `json:"weight"`
}
