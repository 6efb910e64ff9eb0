import type { KubernetesObject } from '@canaryop/reconcile/object';
import { resourceKind } from '@canaryop/reconcile/object';

/** The custom resource of the original's README. */
export interface MyCustomResource extends KubernetesObject {
  readonly spec: { readonly foo: string; readonly bar?: number };
  readonly status?: Readonly<Record<string, unknown>>;
}

export const MyCustomResource = resourceKind<MyCustomResource>({
  group: 'dot-i.com',
  version: 'v1',
  kind: 'MyCustomResource',
  plural: 'mycustomresources',
});

const text = { type: 'string' };

export const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'mycustomresources.dot-i.com' },
  spec: {
    group: 'dot-i.com',
    scope: 'Namespaced',
    names: { kind: 'MyCustomResource', plural: 'mycustomresources', singular: 'mycustomresource' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { foo: text, bar: { type: 'integer' } }, required: ['foo'] },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

/** One of them. */
export function myCustomResource(name: string, foo: string, namespace = 'default'): MyCustomResource {
  return {
    apiVersion: 'dot-i.com/v1',
    kind: 'MyCustomResource',
    metadata: { name, namespace },
    spec: { foo },
  };
}
