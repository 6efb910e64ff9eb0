import { forbiddenValue, type FieldError } from '../../schema/field-error.ts';
import {
  isJsonObject,
  listAt,
  numberAt,
  objectAt,
  stringAt,
  withFields,
  type ApiObject,
  type JsonObject,
} from '../object/api-object.ts';
import { deepEqual } from '../object/deep-equal.ts';
import type { Strategy } from '../registry/strategy.ts';
import { fill, fillIn } from './fill.ts';
import { podSpecDefaults } from './pod-defaults.ts';

const mutableContainerFields = { image: undefined };

function withoutMutable(spec: JsonObject): JsonObject {
  const strip = (field: string): readonly unknown[] =>
    listAt(spec, field).map((item) => (isJsonObject(item) ? withFields(item, mutableContainerFields) : item));
  return withFields(spec, {
    containers: strip('containers'),
    initContainers: strip('initContainers'),
    activeDeadlineSeconds: undefined,
    tolerations: undefined,
    nodeName: undefined,
  });
}

const updateRule =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

function podErrors(object: ApiObject, previous: ApiObject | undefined): readonly FieldError[] {
  if (previous === undefined) return [];
  const count = (of: ApiObject): number => listAt(of, 'spec', 'containers').length;
  if (count(object) !== count(previous)) {
    return [forbiddenValue('spec.containers', 'pod updates may not add or remove containers')];
  }
  const same = deepEqual(withoutMutable(objectAt(object, 'spec')), withoutMutable(objectAt(previous, 'spec')));
  return [...tolerationErrors(object, previous), ...(same ? [] : [forbiddenValue('spec', updateRule)])];
}

/** A toleration stays, though its time may change. */
function tolerationErrors(object: ApiObject, previous: ApiObject): readonly FieldError[] {
  const timeless = (of: ApiObject): readonly unknown[] =>
    listAt(of, 'spec', 'tolerations').map((each) =>
      isJsonObject(each) ? withFields(each, { tolerationSeconds: undefined }) : each,
    );
  const tolerated = timeless(object);
  const isKept = timeless(previous).every((each) => tolerated.some((other) => deepEqual(each, other)));
  const rule = 'existing toleration can not be modified except its tolerationSeconds';
  return isKept ? [] : [forbiddenValue('spec.tolerations', rule)];
}

/** Guaranteed when limits equal requests everywhere, BestEffort when there are none, otherwise Burstable. */
function qosClass(spec: JsonObject): string {
  const resources = listAt(spec, 'containers').map((container) => objectAt(container, 'resources'));
  const isEmpty = (value: JsonObject): boolean => Object.keys(value).length === 0;
  if (resources.every((each) => isEmpty(objectAt(each, 'limits')) && isEmpty(objectAt(each, 'requests')))) {
    return 'BestEffort';
  }
  const isGuaranteed = resources.every((each) => {
    const limits = objectAt(each, 'limits');
    const requests = fill(objectAt(each, 'requests'), limits);
    return ['cpu', 'memory'].every((name) => limits[name] !== undefined && limits[name] === requests[name]);
  });
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}

const defaultTolerations = ['not-ready', 'unreachable'].map((what) => ({
  key: `node.kubernetes.io/${what}`,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds: 300,
}));

/** DefaultTolerationSeconds adds what the pod does not tolerate for all time. */
function withDefaultTolerations(given: readonly unknown[]): readonly unknown[] {
  const covers = (key: string): boolean =>
    given.some((each) => {
      const [own, effect] = [stringAt(each, 'key') ?? '', stringAt(each, 'effect') ?? ''];
      return (own === key || own === '') && (effect === 'NoExecute' || effect === '');
    });
  return [...given, ...defaultTolerations.filter(({ key }) => !covers(key))];
}

/** A negative period of grace is a second; in a pod template it stays as it is. */
function withGrace(spec: JsonObject): JsonObject {
  const isNegative = (numberAt(spec, 'terminationGracePeriodSeconds') ?? 0) < 0;
  return isNegative ? withFields(spec, { terminationGracePeriodSeconds: 1 }) : spec;
}

/** Pods: admission's defaults, immutable spec, graceful deletion that the kubelet finishes. */
export const podStrategy: Strategy = {
  generationOf: (object) => object['spec'],
  defaults: (object) =>
    fillIn(object, 'spec', (spec) => withGrace(fill(podSpecDefaults(spec), { enableServiceLinks: true }))),
  prepareCreate: (object) => {
    const spec = fill(objectAt(object, 'spec'), {
      serviceAccountName: 'default',
      serviceAccount: 'default',
      tolerations: undefined,
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
    });
    const tolerated = withFields(spec, { tolerations: withDefaultTolerations(listAt(spec, 'tolerations')) });
    return withFields(object, { spec: tolerated, status: { phase: 'Pending', qosClass: qosClass(spec) } });
  },
  prepareUpdate: (object, { subresource }) =>
    subresource === ''
      ? fillIn(object, 'spec', (spec) =>
          withFields(spec, { tolerations: withDefaultTolerations(listAt(spec, 'tolerations')) }),
        )
      : object,
  statusKeeps: ['ownerReferences'],
  validate: podErrors,
  selectableFields: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  gracePeriodSeconds: (object, asked) => {
    const phase = stringAt(object, 'status', 'phase');
    if ((stringAt(object, 'spec', 'nodeName') ?? '') === '' || phase === 'Succeeded' || phase === 'Failed') return 0;
    return Math.max(0, asked ?? numberAt(object, 'spec', 'terminationGracePeriodSeconds') ?? 30);
  },
  returnsDeleted: true,
};
