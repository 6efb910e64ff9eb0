import { withFields, type ApiObject } from './api-object.ts';

/** JSON text of stored objects, made once however many watchers and lists send it. */
export class ObjectText {
  readonly #bare = new WeakMap<ApiObject, string>();
  readonly #texts = new WeakMap<ApiObject, string>();

  /** The text without apiVersion and kind: how items of a list of built-in objects are written. */
  withoutKind(object: ApiObject): string {
    const known = this.#bare.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify(withFields(object, { apiVersion: undefined, kind: undefined }));
    if (Object.isFrozen(object)) this.#bare.set(object, text);
    return text;
  }

  /** `object` must be frozen: the text is remembered for as long as the object lives. */
  of(object: ApiObject): string {
    const known = this.#texts.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify(object);
    if (Object.isFrozen(object)) this.#texts.set(object, text);
    return text;
  }
}
