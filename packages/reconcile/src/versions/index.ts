/** Several versions of one kind, and objects converted between them. */
export {
  kindVersions,
  olderVersion,
  type BodyOf,
  type KindVersions,
  type OlderVersion,
  type VersionConversion,
  type VersionsOptions,
} from './kind-versions.ts';
