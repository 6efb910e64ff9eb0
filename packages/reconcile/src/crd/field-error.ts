/** One thing that is wrong with an object. */
export interface FieldError {
  /** Dotted path of the field, as kubectl prints it: `spec.ports[0].name`. Empty for the object itself. */
  readonly path: string;
  readonly message: string;
}
