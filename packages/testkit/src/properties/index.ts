/** Properties of kinds, with fast-check: objects of their schemas, and conversions that lose nothing. */
export { objectsOf } from './objects-of.ts';
export { checkRoundTrips, type RoundTripOptions } from './round-trips.ts';
