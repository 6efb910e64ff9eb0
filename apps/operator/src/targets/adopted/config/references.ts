import type { PodTemplate } from '../canonical-template.ts';

/** A ConfigMap or Secret that pods refer to. */
export interface ConfigRef {
  readonly kind: 'ConfigMap' | 'Secret';
  readonly name: string;
  /** Whether pods start without it. */
  readonly isOptional: boolean;
}

/** What an object is called in checksum sets: `configmap/x`, `secret/y`. */
export function configKey({ kind, name }: Pick<ConfigRef, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}

/** Kind and name of a key of a checksum set. */
export function refOfKey(key: string): Pick<ConfigRef, 'kind' | 'name'> {
  const slash = key.indexOf('/');
  return { kind: key.slice(0, slash) === 'secret' ? 'Secret' : 'ConfigMap', name: key.slice(slash + 1) };
}

/**
 * Every ConfigMap and Secret that a pod template refers to, once each, sorted by key: in volumes (projected ones too), and
 * in the variables of containers and init containers. One that is optional in some places and needed in others is needed.
 * What pulls images or mounts foreign file systems is no configuration of the application.
 */
export function references(template: PodTemplate): readonly ConfigRef[] {
  const found = new Map<string, ConfigRef>();
  renamed(template, (ref) => {
    const key = configKey(ref);
    const isOptional = ref.isOptional && (found.get(key)?.isOptional ?? true);
    found.set(key, { ...ref, isOptional });
    return ref.name;
  });
  return [...found].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, ref]) => ref);
}

/** The template with other names in its references. @param rename is asked for each place where a name is */
export function renamed(template: PodTemplate, rename: (ref: ConfigRef) => string): PodTemplate {
  const { spec } = template;
  if (spec === undefined) return template;
  const { containers, initContainers, volumes } = spec;
  return {
    ...template,
    spec: {
      ...spec,
      containers: containers.map((container) => inContainer(container, rename)),
      ...(initContainers === undefined
        ? {}
        : { initContainers: initContainers.map((container) => inContainer(container, rename)) }),
      ...(volumes === undefined ? {} : { volumes: volumes.map((volume) => inVolume(volume, rename)) }),
    },
  };
}

type Rename = (ref: ConfigRef) => string;
type PodSpec = NonNullable<PodTemplate['spec']>;
type Container = PodSpec['containers'][number];
type Volume = NonNullable<PodSpec['volumes']>[number];
type Variable = NonNullable<Container['env']>[number];

/** Where a reference is: the field, what it refers to, and what the name is called there. */
interface Place {
  readonly field: string;
  readonly kind: ConfigRef['kind'];
  readonly at?: 'secretName';
}

const variablePlaces: readonly Place[] = [
  { field: 'configMapKeyRef', kind: 'ConfigMap' },
  { field: 'secretKeyRef', kind: 'Secret' },
];
const variableSourcePlaces: readonly Place[] = [
  { field: 'configMapRef', kind: 'ConfigMap' },
  { field: 'secretRef', kind: 'Secret' },
];
const volumePlaces: readonly Place[] = [
  { field: 'configMap', kind: 'ConfigMap' },
  { field: 'secret', kind: 'Secret', at: 'secretName' },
];
const projectionPlaces: readonly Place[] = [
  { field: 'configMap', kind: 'ConfigMap' },
  { field: 'secret', kind: 'Secret' },
];

/** An object with other names in its references. */
function inPlaces<T extends object>(holder: T, places: readonly Place[], rename: Rename): T {
  return places.reduce((changed, place) => inPlace(changed, place, rename), holder);
}

function inPlace<T extends object>(holder: T, { field, kind, at }: Place, rename: Rename): T {
  const source = (holder as Readonly<Record<string, Readonly<Record<string, unknown>> | null | undefined>>)[field];
  const name = source?.[at ?? 'name'];
  if (typeof name !== 'string' || name === '') return holder;
  const changed = rename({ kind, name, isOptional: source?.['optional'] === true });
  return { ...holder, [field]: { ...source, [at ?? 'name']: changed } };
}

function inContainer(container: Container, rename: Rename): Container {
  const { env, envFrom } = container;
  return {
    ...container,
    ...(env === undefined ? {} : { env: env.map((variable) => inVariable(variable, rename)) }),
    ...(envFrom === undefined
      ? {}
      : { envFrom: envFrom.map((source) => inPlaces(source, variableSourcePlaces, rename)) }),
  };
}

function inVariable(variable: Variable, rename: Rename): Variable {
  const { valueFrom } = variable;
  return valueFrom === undefined ? variable : { ...variable, valueFrom: inPlaces(valueFrom, variablePlaces, rename) };
}

function inVolume(volume: Volume, rename: Rename): Volume {
  const plain = inPlaces(volume, volumePlaces, rename);
  const { projected } = plain;
  if (projected?.sources === undefined) return plain;
  const sources = projected.sources.map((source) => inPlaces(source, projectionPlaces, rename));
  return { ...plain, projected: { ...projected, sources } };
}
