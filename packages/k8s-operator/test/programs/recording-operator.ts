/* An operator that says what it hears, one JSON line each, and does with an object what its `spec.foo` asks for. */
import Operator, { ResourceEventType, type ResourceEvent } from '@canaryop/k8s-operator';

const say = (line: object): void => {
  console.log(JSON.stringify(line));
};

class RecordingOperator extends Operator {
  readonly #busy = new Set<string>();

  constructor() {
    const ignore = (): void => undefined;
    super({ debug: ignore, info: ignore, warn: ignore, error: (message) => say({ logged: message }) });
  }

  protected async init(): Promise<void> {
    const file = process.env['CRD_FILE'];
    if (file !== undefined) {
      say({ registered: await this.registerCustomResourceDefinition(file) });
      say({ registeredAgain: (await this.registerCustomResourceDefinition(file)).plural });
    }
    await this.watchResource('dot-i.com', 'v1', 'mycustomresources', (e) => this.hear(e), process.env['NAMESPACE']);
    await this.watchResource('', 'v1', 'namespaces', (e) => {
      say({ type: e.type, ...e.meta });
      return Promise.resolve();
    });
    say({ started: true });
  }

  private async hear(e: ResourceEvent): Promise<void> {
    const { name } = e.meta;
    const { spec, status, metadata } = e.object as ResourceEvent['object'] & {
      readonly spec: { readonly foo: string };
      readonly status?: object;
    };
    say({ type: e.type, ...e.meta, foo: spec.foo, besides: [...this.#busy], isPlain: Object.isExtensible(metadata) });
    this.#busy.add(name);
    const done = await this.act(e, spec.foo, status);
    if (done !== undefined) say({ about: name, ...done });
    this.#busy.delete(name);
  }

  private async act(e: ResourceEvent, foo: string, status: object | undefined): Promise<object | undefined> {
    if (e.type === ResourceEventType.Deleted) return undefined;
    if (foo === 'slow') await new Promise((resolve) => setTimeout(resolve, 50));
    if (foo === 'status' && status === undefined)
      return { written: await this.setResourceStatus(e.meta, { phase: 'Ready', old: 1 }) };
    if (foo === 'patch' && status !== undefined && !('patched' in status))
      return { written: await this.patchResourceStatus(e.meta, { patched: true, old: null }) };
    if (foo === 'stale') {
      return { written: await this.setResourceStatus({ ...e.meta, resourceVersion: '1' }, { phase: 'Never' }) };
    }
    if (foo !== 'finalizer') return undefined;
    const clean = (): Promise<void> => Promise.resolve(say({ about: e.meta.name, cleaned: true }));
    return { isHandled: await this.handleResourceFinalizer(e, 'dot-i.com/test', clean) };
  }
}

void new RecordingOperator().start();
