/** One definition per kind: its TypeScript types and its CustomResourceDefinition. */
export {
  defineKind,
  type CustomKind,
  type CustomManifest,
  type CustomObject,
  type KindDefinition,
  type ManifestOf,
} from './define-kind.ts';
export {
  CustomResourceDefinitionKind,
  type CustomResourceDefinition,
  type PrinterColumn,
  type ScaleSubresource,
  type WebhookClientConfig,
} from './manifest.ts';
export {
  s,
  type AnySchema,
  type ArrayOptions,
  type FieldPresence,
  type NumberOptions,
  type ReadType,
  type RecordOptions,
  type RuleOptions,
  type Schema,
  type StringFormat,
  type StringOptions,
  type WriteType,
} from './schema.ts';
export { SchemaError, type JsonValue, type StructuralSchema, type ValidationRule } from './structural-schema.ts';
export type { FieldError } from './field-error.ts';
