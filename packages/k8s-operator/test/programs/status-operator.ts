/* An operator whose handler waits for another system, as most do, and writes a status: what `measure` starts. */
import Operator, { type ResourceEvent } from '@canaryop/k8s-operator';

const waitMs = Number(process.env['WAIT_MS'] ?? 0);

class StatusOperator extends Operator {
  constructor() {
    // The original takes no second argument, and ignores it.
    super(undefined, { concurrency: Number(process.env['CONCURRENCY'] ?? 1) });
  }

  protected async init(): Promise<void> {
    await this.watchResource('dot-i.com', 'v1', 'mycustomresources', async (e: ResourceEvent) => {
      if ('status' in e.object) return;
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      await this.setResourceStatus(e.meta, { observedGeneration: e.object.metadata?.generation });
    });
  }
}

void new StatusOperator().start();
