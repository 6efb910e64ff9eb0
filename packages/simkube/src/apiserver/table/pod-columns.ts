import { parseTime } from '@canaryop/reconcile/env';

import { listAt, numberAt, objectAt, stringAt, valueAt, type ApiObject } from '../object/api-object.ts';
import { durationText } from './age.ts';
import { ageColumn, nameColumn, text, wide, type Column } from './column.ts';

const none = '<none>';

function isTrue(object: ApiObject, type: string): boolean {
  const condition = listAt(object, 'status', 'conditions').find((each) => stringAt(each, 'type') === type);
  return stringAt(condition, 'status') === 'True';
}

function statuses(object: ApiObject): readonly unknown[] {
  return listAt(object, 'status', 'containerStatuses');
}

/** Why one container is not running, as `kubectl get` names it. */
function containerReason(status: unknown): string | undefined {
  const waiting = stringAt(status, 'state', 'waiting', 'reason');
  if (waiting !== undefined && waiting !== '') return waiting;
  const terminated = objectAt(status, 'state', 'terminated');
  const reason = stringAt(terminated, 'reason');
  if (reason !== undefined && reason !== '') return reason;
  const signal = numberAt(terminated, 'signal') ?? 0;
  if (signal !== 0) return `Signal:${signal}`;
  const exitCode = numberAt(terminated, 'exitCode');
  return exitCode === undefined ? undefined : `ExitCode:${exitCode}`;
}

function podStatus(object: ApiObject): string {
  const phase = stringAt(object, 'status', 'reason') ?? stringAt(object, 'status', 'phase') ?? 'Unknown';
  let reason = phase;
  for (const status of statuses(object).toReversed()) reason = containerReason(status) ?? reason;
  const hasRunning = statuses(object).some(
    (status) => valueAt(status, 'ready') === true && valueAt(status, 'state', 'running') !== undefined,
  );
  if (reason === 'Completed' && hasRunning) reason = isTrue(object, 'Ready') ? 'Running' : 'NotReady';
  return object.metadata.deletionTimestamp === undefined ? reason : 'Terminating';
}

function ready(object: ApiObject): string {
  const count = statuses(object).filter((status) => valueAt(status, 'ready') === true).length;
  return `${count}/${listAt(object, 'spec', 'containers').length}`;
}

function restarts(object: ApiObject, now: number): string | number {
  const count = statuses(object).reduce<number>((sum, status) => sum + (numberAt(status, 'restartCount') ?? 0), 0);
  const ended = statuses(object).flatMap(
    (status) => parseTime(stringAt(status, 'lastState', 'terminated', 'finishedAt')) ?? [],
  );
  return count === 0 || ended.length === 0 ? String(count) : `${count} (${durationText(now - Math.max(...ended))} ago)`;
}

/** What `kubectl get pods` shows. */
export const podColumns: readonly Column[] = [
  nameColumn,
  text('Ready', ready),
  text('Status', podStatus),
  text('Restarts', restarts),
  ageColumn,
  wide(text('IP', (object) => stringAt(object, 'status', 'podIP') ?? none)),
  wide(text('Node', (object) => stringAt(object, 'spec', 'nodeName') ?? none)),
  wide(text('Nominated Node', (object) => stringAt(object, 'status', 'nominatedNodeName') ?? none)),
  wide(
    text('Readiness Gates', (object) => {
      const gates = listAt(object, 'spec', 'readinessGates');
      const met = gates.filter((gate) => isTrue(object, stringAt(gate, 'conditionType') ?? ''));
      return gates.length === 0 ? none : `${met.length}/${gates.length}`;
    }),
  ),
];
