import { stringAt, valueAt, type JsonObject } from '../object/api-object.ts';
import { fill, fillEach, fillIn } from './fill.ts';

/** Defaults of a PodSpec, in a pod or in a template (k8s.io/kubernetes pkg/apis/core/v1/defaults.go). */
export function podSpecDefaults(spec: JsonObject): JsonObject {
  const account = stringAt(spec, 'serviceAccountName') ?? stringAt(spec, 'serviceAccount');
  let next = fill(spec, {
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    securityContext: {},
    schedulerName: 'default-scheduler',
    ...(account === undefined || account === '' ? {} : { serviceAccountName: account, serviceAccount: account }),
  });
  for (const field of ['containers', 'initContainers', 'ephemeralContainers']) {
    next = fillEach(next, field, containerDefaults);
  }
  return fillEach(next, 'volumes', volumeDefaults);
}

function containerDefaults(container: JsonObject): JsonObject {
  let next = fill(container, {
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: defaultPullPolicy(stringAt(container, 'image') ?? ''),
  });
  next = fillEach(next, 'ports', (port) => fill(port, { protocol: 'TCP' }));
  next = fillEach(next, 'env', (env) =>
    fillIn(env, 'valueFrom', (source) =>
      fillIn(source, 'fieldRef', (reference) => fill(reference, { apiVersion: 'v1' })),
    ),
  );
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) next = fillIn(next, probe, probeDefaults);
  return next;
}

/** Always for `:latest` and for no tag, otherwise IfNotPresent. */
function defaultPullPolicy(image: string): string {
  if (image.includes('@')) return 'IfNotPresent';
  const tag = /:(?<tag>[^:/]+)$/u.exec(image)?.groups?.['tag'];
  return tag === undefined || tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function probeDefaults(probe: JsonObject): JsonObject {
  const next = fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  return fillIn(next, 'httpGet', (get) => fill(get, { path: '/', scheme: 'HTTP' }));
}

function volumeDefaults(volume: JsonObject): JsonObject {
  let next = volume;
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    next = fillIn(next, source, (value) => fill(value, { defaultMode: 420 }));
  }
  next = fillIn(next, 'projected', (projected) =>
    fillEach(projected, 'sources', (source) =>
      fillIn(source, 'serviceAccountToken', (token) => fill(token, { expirationSeconds: 3600 })),
    ),
  );
  return Object.keys(next).length === 1 && valueAt(next, 'name') !== undefined ? fill(next, { emptyDir: {} }) : next;
}

/** Defaults of a PodTemplateSpec. */
export function podTemplateDefaults(template: JsonObject): JsonObject {
  return fillIn(fill(template, { metadata: {} }), 'spec', podSpecDefaults);
}
