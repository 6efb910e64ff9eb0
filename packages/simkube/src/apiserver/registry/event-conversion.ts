import { withFields, type ApiObject } from '../object/api-object.ts';

/** Field of a core/v1 Event -> its name in events.k8s.io/v1. */
const renamed: readonly (readonly [core: string, events: string])[] = [
  ['message', 'note'],
  ['involvedObject', 'regarding'],
  ['source', 'deprecatedSource'],
  ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'],
  ['count', 'deprecatedCount'],
  ['reportingComponent', 'reportingController'],
];

/** An event as events.k8s.io/v1 shows it. Events are stored as core/v1. */
export function eventFromStored(object: ApiObject): ApiObject {
  const fields: Record<string, unknown> = { apiVersion: 'events.k8s.io/v1' };
  for (const [core, events] of renamed) {
    fields[core] = undefined;
    fields[events] = object[core];
  }
  return Object.freeze(withFields(object, fields));
}

/** An event of events.k8s.io/v1 as it is stored. */
export function eventToStored(object: ApiObject): ApiObject {
  const fields: Record<string, unknown> = { apiVersion: 'v1' };
  for (const [core, events] of renamed) {
    fields[events] = undefined;
    fields[core] = object[events];
  }
  return withFields(object, fields);
}
