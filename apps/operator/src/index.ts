/** The CanaryApp operator as a library: what the demo and the simulations run. */
export { CanaryApp } from './api/v1/canaryapp.ts';
export { createOperator, type OperatorOptions } from './operator.ts';
export { defaultAllowedHosts, type AddressPolicy } from './analysis/address-policy.ts';
