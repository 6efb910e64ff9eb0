import type { ApiObject } from './api-object.ts';

/** JSON text of stored objects, made once however many watchers and lists send it. */
export class ObjectText {
  readonly #texts = new WeakMap<ApiObject, string>();

  /** `object` must be frozen: the text is remembered for as long as the object lives. */
  of(object: ApiObject): string {
    const known = this.#texts.get(object);
    if (known !== undefined) return known;
    const text = JSON.stringify(object);
    if (Object.isFrozen(object)) this.#texts.set(object, text);
    return text;
  }
}
