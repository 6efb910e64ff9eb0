import { listAt, numberAt, objectAt, stringAt, valueAt, type ApiObject } from '../object/api-object.ts';
import { selectorText } from '../selector/selector-text.ts';
import { ageColumn, integer, nameColumn, text, wide, type Column } from './column.ts';
import { labelsText } from './core-columns.ts';

const statusNumber = (field: string) => (object: ApiObject) => numberAt(object, 'status', field) ?? 0;
const specReplicas = (object: ApiObject): number => numberAt(object, 'spec', 'replicas') ?? 0;

const containerField = (field: string) => (object: ApiObject) =>
  listAt(object, 'spec', 'template', 'spec', 'containers')
    .map((container) => stringAt(container, field) ?? '')
    .join(',');

const containers = wide(text('Containers', containerField('name')));
const images = wide(text('Images', containerField('image')));
const selector = wide(text('Selector', (object) => selectorText(valueAt(object, 'spec', 'selector')) || '<none>'));
const readyOf = (object: ApiObject): string => `${statusNumber('readyReplicas')(object)}/${specReplicas(object)}`;

function metricText(metric: unknown, current: unknown): string {
  const type = stringAt(metric, 'type') ?? '';
  const source = objectAt(metric, type.charAt(0).toLowerCase() + type.slice(1));
  const name = stringAt(source, 'name') ?? stringAt(source, 'metric', 'name') ?? type;
  const target = objectAt(source, 'target');
  const utilization = numberAt(target, 'averageUtilization');
  const seen = objectAt(current, type.charAt(0).toLowerCase() + type.slice(1), 'current');
  const seenText = numberAt(seen, 'averageUtilization') ?? stringAt(seen, 'averageValue') ?? '<unknown>';
  if (utilization !== undefined)
    return `${name}: ${seenText}${typeof seenText === 'number' ? '%' : ''}/${utilization}%`;
  return `${name}: ${seenText}/${stringAt(target, 'averageValue') ?? stringAt(target, 'value') ?? '<auto>'}`;
}

function targets(object: ApiObject): string {
  const current = listAt(object, 'status', 'currentMetrics');
  const all = listAt(object, 'spec', 'metrics').map((metric, at) => metricText(metric, current[at]));
  return all.length === 0 ? '<none>' : all.join(', ');
}

/** Columns of apps, autoscaling and batch. */
export const workloadColumns: Readonly<Record<string, readonly Column[]>> = {
  Deployment: [
    nameColumn,
    text('Ready', readyOf),
    text('Up-to-date', statusNumber('updatedReplicas')),
    text('Available', statusNumber('availableReplicas')),
    ageColumn,
    containers,
    images,
    selector,
  ],
  ReplicaSet: [
    nameColumn,
    integer('Desired', specReplicas),
    integer('Current', statusNumber('replicas')),
    integer('Ready', statusNumber('readyReplicas')),
    ageColumn,
    containers,
    images,
    selector,
  ],
  DaemonSet: [
    nameColumn,
    integer('Desired', statusNumber('desiredNumberScheduled')),
    integer('Current', statusNumber('currentNumberScheduled')),
    integer('Ready', statusNumber('numberReady')),
    integer('Up-to-date', statusNumber('updatedNumberScheduled')),
    integer('Available', statusNumber('numberAvailable')),
    text('Node Selector', (object) => labelsText(valueAt(object, 'spec', 'template', 'spec', 'nodeSelector'))),
    ageColumn,
    containers,
    images,
    selector,
  ],
  StatefulSet: [nameColumn, text('Ready', readyOf), ageColumn, containers, images],
  ReplicationController: [
    nameColumn,
    integer('Desired', specReplicas),
    integer('Current', statusNumber('replicas')),
    integer('Ready', statusNumber('readyReplicas')),
    ageColumn,
    containers,
    images,
    wide(text('Selector', (object) => labelsText(valueAt(object, 'spec', 'selector')))),
  ],
  ControllerRevision: [
    nameColumn,
    text('Controller', (object) => {
      const owner = object.metadata.ownerReferences?.find((each) => each.controller === true);
      return owner === undefined ? '<none>' : `${owner.kind.toLowerCase()}/${owner.name}`;
    }),
    text('Revision', (object) => numberAt(object, 'revision')),
    ageColumn,
  ],
  HorizontalPodAutoscaler: [
    nameColumn,
    text('Reference', (object) => {
      const target = objectAt(object, 'spec', 'scaleTargetRef');
      return `${stringAt(target, 'kind') ?? ''}/${stringAt(target, 'name') ?? ''}`;
    }),
    text('Targets', targets),
    text('MinPods', (object) => String(numberAt(object, 'spec', 'minReplicas') ?? '<unset>')),
    text('MaxPods', (object) => numberAt(object, 'spec', 'maxReplicas')),
    text('Replicas', statusNumber('currentReplicas')),
    ageColumn,
  ],
  Job: [
    nameColumn,
    text('Status', (object) => {
      const done = listAt(object, 'status', 'conditions').find((each) => stringAt(each, 'status') === 'True');
      return stringAt(done, 'type') ?? 'Running';
    }),
    text(
      'Completions',
      (object) => `${statusNumber('succeeded')(object)}/${numberAt(object, 'spec', 'completions') ?? 1}`,
    ),
    ageColumn,
  ],
  CronJob: [
    nameColumn,
    text('Schedule', (object) => stringAt(object, 'spec', 'schedule')),
    text('Timezone', (object) => stringAt(object, 'spec', 'timeZone') ?? '<none>'),
    text('Suspend', (object) => (valueAt(object, 'spec', 'suspend') === true ? 'True' : 'False')),
    text('Active', (object) => listAt(object, 'status', 'active').length),
    text('Last Schedule', (object) => stringAt(object, 'status', 'lastScheduleTime') ?? '<none>'),
    ageColumn,
  ],
};
