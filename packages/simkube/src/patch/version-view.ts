import type { JsonObject, StructuralSchema } from '../schema/structural-schema.ts';

/** An object in another version, and what describes it there. */
export interface ShownObject {
  readonly schema: StructuralSchema | undefined;
  readonly object: JsonObject;
}

/** How objects look in other versions: `gone` where there is no such version any more, `inconvertible` where an object has no form in it. */
export type VersionView = (apiVersion: string, object: JsonObject) => ShownObject | 'gone' | 'inconvertible';
