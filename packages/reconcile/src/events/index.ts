/** Events about objects, as kubectl shows them. */
export { EventCorrelator, type Correlation, type CorrelatorOptions } from './event-correlator.ts';
export { EventWriter, type EventRecorder, type EventWriterOptions } from './event-recorder.ts';
export { eventKind, type CoreEvent, type EventType, type ObjectReference, type Occurrence } from './event.ts';
