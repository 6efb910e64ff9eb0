/** What wakes a controller: predicates pass changes, event handlers turn them into keys, sources enqueue those. */
export { enqueueMapped, enqueueOwner, enqueueSelf, type EventHandler } from './event-handler.ts';
export {
  and,
  annotationsChanged,
  generationChanged,
  labelsChanged,
  not,
  or,
  resourceVersionChanged,
  type Predicate,
} from './predicate.ts';
export { pollingSource, type Polled, type PollingOptions } from './polling-source.ts';
export { resyncSource } from './resync-source.ts';
export { channelSource, informerSource, type ChannelSource, type Enqueue, type Source } from './source.ts';
