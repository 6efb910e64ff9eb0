/** What objects look like: schemas of the built-in kinds, and pruning, defaulting and validation by schema. */
export { builtinErrors } from './builtin-validation.ts';
export { builtinKinds, type BuiltinKind } from './builtin-kinds.ts';
export { bodyDefinitions, type BuiltinResource, type ScalePaths, type Subresources } from './builtin-resources.ts';
export { definitionErrors } from './definition-errors.ts';
export { withCanonicalQuantities } from './canonical-quantities.ts';
export { decodeError } from './decode-error.ts';
export { objectValidator, type ObjectValidator } from './object-validator.ts';
export { applyDefaults } from './defaults.ts';
export { fieldErrorsText, fieldErrorText, type FieldError, type FieldErrorReason } from './field-error.ts';
export { istioCrds } from './istio-crds.ts';
export { openApiDefinition, openApiDefinitionNames, rawOpenApiDefinition } from './openapi-definitions.ts';
export { prune, type Pruned, type PruneOptions } from './prune.ts';
export {
  isJsonObject,
  propertySchema,
  type Json,
  type JsonObject,
  type StructuralSchema,
  type ValidationRule,
} from './structural-schema.ts';
export { zeroObject } from './zero-object.ts';
