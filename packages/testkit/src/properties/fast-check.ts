/** Where fast-check enters. */
export { default as fc, type Arbitrary } from 'fast-check';
