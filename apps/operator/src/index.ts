/** The CanaryApp operator as a library: what the demo and the simulations run. */
export { CanaryApp } from './api/v1/canaryapp.ts';
