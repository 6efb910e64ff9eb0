/* The example of the original's README, "Operator that watches a custom resource", and its main program. */
import Operator, { ResourceEventType, type ResourceEvent } from '@canaryop/k8s-operator';

type KubernetesObject = ResourceEvent['object'];

export interface MyCustomResource extends KubernetesObject {
  spec: MyCustomResourceSpec;
  status: MyCustomResourceStatus;
}

export interface MyCustomResourceSpec {
  foo: string;
  bar?: number;
}

export interface MyCustomResourceStatus {
  observedGeneration?: number;
}

export default class MyOperator extends Operator {
  constructor() {
    super(/* the logger is optional */);
  }

  protected async init() {
    await this.watchResource('dot-i.com', 'v1', 'mycustomresources', async (e) => {
      try {
        if (e.type === ResourceEventType.Added || e.type === ResourceEventType.Modified) {
          if (
            !(await this.handleResourceFinalizer(e, 'mycustomresources.dot-i.com', (event) =>
              this.resourceDeleted(event),
            ))
          ) {
            await this.resourceModified(e);
          }
        }
      } catch (err) {
        console.error(err);
      }
    });
  }

  private async resourceModified(e: ResourceEvent) {
    const object = e.object as MyCustomResource;
    const metadata = object.metadata;

    if (!object.status || object.status.observedGeneration !== metadata?.generation) {
      console.log(JSON.stringify({ modified: e.meta.name, foo: object.spec.foo }));

      await this.setResourceStatus(e.meta, {
        observedGeneration: metadata?.generation,
      });
    }
  }

  private async resourceDeleted(e: ResourceEvent) {
    console.log(JSON.stringify({ deleted: e.meta.name }));
  }
}

const operator = new MyOperator();
void operator.start();

const exit = () => {
  operator.stop();
  process.exit(0);
};

process.on('SIGTERM', exit).on('SIGINT', exit);
