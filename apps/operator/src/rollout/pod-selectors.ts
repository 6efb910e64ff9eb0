/** Labels that pods of primary have, and pods of secondary. */
export interface PodSelectors {
  readonly primary: Readonly<Record<string, string>>;
  readonly secondary: Readonly<Record<string, string>>;
}
