/** In which shape a client wants objects. */
export type ObjectFormat = 'object' | 'table' | 'partial';

interface MediaType {
  readonly type: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** Media types of an Accept header, in the client's order; `q` is ignored, as clients order by preference. */
export function mediaTypes(accept: string): readonly MediaType[] {
  return accept
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
    .map((text) => {
      const [type = '', ...rest] = text.split(';').map((part) => part.trim());
      const parameters = rest.map((part): [string, string] => {
        const [name = '', value = ''] = part.split('=');
        return [name, value];
      });
      return { type: type.toLowerCase(), parameters: new Map(parameters) };
    });
}

function isJson(type: string): boolean {
  return type === 'application/json' || type === '*/*' || type === 'application/*';
}

/** The first shape that the header asks for and that is served; undefined (406) when there is none. */
export function objectFormat(accept: string | undefined): ObjectFormat | undefined {
  if (accept === undefined || accept === '') return 'object';
  for (const { type, parameters } of mediaTypes(accept)) {
    if (!isJson(type)) continue;
    const as = parameters.get('as');
    if (as === undefined) return 'object';
    const isMeta = parameters.get('g') === 'meta.k8s.io' && parameters.get('v') === 'v1';
    if (isMeta && as === 'Table') return 'table';
    if (isMeta && (as === 'PartialObjectMetadata' || as === 'PartialObjectMetadataList')) return 'partial';
  }
  return undefined;
}

/** Whether aggregated discovery is asked for, and in which version. */
export function aggregatedDiscovery(accept: string | undefined): 'v2' | 'v2beta1' | undefined {
  for (const { type, parameters } of mediaTypes(accept ?? '')) {
    const version = parameters.get('v');
    const isDiscovery =
      parameters.get('g') === 'apidiscovery.k8s.io' && parameters.get('as') === 'APIGroupDiscoveryList';
    if (type === 'application/json' && isDiscovery && (version === 'v2' || version === 'v2beta1')) return version;
    if (type === 'application/json' && !parameters.has('as')) return undefined;
  }
  return undefined;
}
