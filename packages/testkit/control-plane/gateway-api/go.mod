module canaryop/testkit/control-plane/gateway-api

go 1.26.0

// Its CRDs are read from the module cache; nothing is built.
require sigs.k8s.io/gateway-api v1.6.3
