/** The CanaryApp operator as a library: what the demo and the simulations run. */
export { CanaryApp } from './api/v1/canaryapp.ts';
export { createOperator, type OperatorOptions } from './operator.ts';
export { operatorOptions, type OperatorProcess } from './operator-options.ts';
export { parseFlags, type Flags } from './options.ts';
export { defaultAllowedHosts, type AddressPolicy } from './analysis/address-policy.ts';
export { VirtualService } from './traffic/istio/kinds.ts';
export { weightOf } from './traffic/istio/routes.ts';
