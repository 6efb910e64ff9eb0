import type { Deployment } from '@canaryop/reconcile/kinds';

/** A pod template, as a Deployment has it. */
export type PodTemplate = NonNullable<Deployment['spec']>['template'];

type Json = Readonly<Record<string, unknown>>;

/** What API servers since 1.29 fill in where the user said nothing, by the object that it is filled into. */
const podDefaults: Json = {
  dnsPolicy: 'ClusterFirst',
  restartPolicy: 'Always',
  schedulerName: 'default-scheduler',
  terminationGracePeriodSeconds: 30,
  enableServiceLinks: true,
};
const containerDefaults: Json = {
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
};
const probeDefaults: Json = { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 };

/**
 * A pod template as its user set it: without what the API server fills in, so that a newer one, or a newer client that
 * leaves out another default, makes no other revision of it. Empty values say nothing, and are left out.
 */
export function canonicalTemplate({ metadata = {}, spec }: PodTemplate): unknown {
  const { labels = {}, annotations = {} } = metadata;
  return compact({ metadata: { labels, annotations }, spec: podSpec((spec ?? {}) as Json) });
}

function podSpec({ serviceAccount: _alias, containers, initContainers, volumes, ...rest }: Json): Json {
  return {
    ...without(rest, podDefaults),
    containers: each(containers, container),
    initContainers: each(initContainers, container),
    volumes: each(volumes, volume),
  };
}

function container({ ports, image, imagePullPolicy, ...rest }: Json): Json {
  const probes = Object.fromEntries(
    ['livenessProbe', 'readinessProbe', 'startupProbe'].map((name) => [name, probe(rest[name])]),
  );
  return {
    ...without(rest, containerDefaults),
    ...probes,
    image,
    imagePullPolicy: imagePullPolicy === defaultPullPolicy(image) ? undefined : imagePullPolicy,
    env: each(rest['env'], environment),
    ports: each(ports, (port) => without(port, { protocol: 'TCP' })),
  };
}

function probe(value: unknown): unknown {
  if (!isObject(value)) return value;
  const { httpGet, ...rest } = without(value, probeDefaults);
  return { ...rest, httpGet: isObject(httpGet) ? without(httpGet, { scheme: 'HTTP' }) : httpGet };
}

function environment(variable: Json): Json {
  const { valueFrom, ...rest } = variable;
  if (!isObject(valueFrom) || !isObject(valueFrom['fieldRef'])) return variable;
  return { ...rest, valueFrom: { ...valueFrom, fieldRef: without(valueFrom['fieldRef'], { apiVersion: 'v1' }) } };
}

function volume(value: Json): Json {
  const sources = ['configMap', 'secret', 'projected', 'downwardAPI'];
  return Object.fromEntries(
    Object.entries(value).map(([key, source]) => [
      key,
      sources.includes(key) && isObject(source) ? without(source, { defaultMode: 420 }) : source,
    ]),
  );
}

/** Kubernetes' rule: a tag that is not `latest`, or a digest, does not move. */
function defaultPullPolicy(image: unknown): string {
  if (typeof image !== 'string') return 'IfNotPresent';
  const tag = /:([^/:@]+)$/.exec(image)?.[1];
  const isMoving = !image.includes('@') && (tag === undefined || tag === 'latest');
  return isMoving ? 'Always' : 'IfNotPresent';
}

function each(list: unknown, change: (item: Json) => unknown): unknown {
  return Array.isArray(list) ? list.map((item) => (isObject(item) ? change(item) : (item as unknown))) : list;
}

function without(object: Json, defaults: Json): Json {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => defaults[key] !== value));
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Drops what is undefined, null or empty, at any depth. */
function compact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(compact);
  if (!isObject(value)) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, compact(inner)] as const)
    .filter(([, inner]) => !isEmpty(inner));
  return Object.fromEntries(entries);
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0;
}
