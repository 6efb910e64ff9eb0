import type { Strategy } from '../registry/strategy.ts';
import { fill, fillIn } from './fill.ts';

const cpuAtEighty = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
};

/** HorizontalPodAutoscalers: one replica at least, and 80 % CPU when no metric is given. */
export const autoscalerStrategy: Strategy = {
  defaults: (object) => fillIn(object, 'spec', (spec) => fill(spec, { minReplicas: 1, metrics: [cpuAtEighty] })),
};
