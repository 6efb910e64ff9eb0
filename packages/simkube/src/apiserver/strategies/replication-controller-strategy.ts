import { objectAt, withFields, withMetadata, type ApiObject } from '../object/api-object.ts';
import type { Strategy } from '../registry/strategy.ts';
import { fill, fillIn } from './fill.ts';
import { podTemplateDefaults } from './pod-defaults.ts';

const isEmpty = (value: object): boolean => Object.keys(value).length === 0;

/** Labels and selector come from the template where they are not given (pkg/apis/core/v1/defaults.go). */
function defaults(object: ApiObject): ApiObject {
  const labels = objectAt(object, 'spec', 'template', 'metadata', 'labels');
  const filled = fillIn(object, 'spec', (spec) => {
    const selected =
      isEmpty(objectAt(spec, 'selector')) && !isEmpty(labels) ? withFields(spec, { selector: labels }) : spec;
    return fillIn(fill(selected, { replicas: 1 }), 'template', podTemplateDefaults);
  });
  const hasLabels = !isEmpty(object.metadata.labels ?? {}) || isEmpty(labels);
  return hasLabels ? filled : withMetadata(filled, { labels });
}

/** ReplicationControllers. */
export const replicationControllerStrategy: Strategy = {
  generationOf: (object) => object['spec'],
  defaults,
  defaultPropagation: 'Orphan',
};
