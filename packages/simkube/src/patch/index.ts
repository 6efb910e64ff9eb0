/** How the API server changes objects, and who owns which field afterwards. */
export { type ApplyConflict } from './apply-conflict.ts';
export { jsonEqual } from './compare.ts';
export { fieldSetFromV1, fieldSetToV1, type FieldSet } from './field-set.ts';
export { jsonMergeDiff, jsonMergePatch } from './json-merge-patch.ts';
export { jsonPatch, type PatchOutcome } from './json-patch.ts';
export { serverSideApply, statusFields, type ApplyOutcome, type ApplyRequest } from './server-side-apply.ts';
export { strategicMergePatch } from './strategic-merge-patch.ts';
export { trackUpdate, type UpdateToTrack } from './track-update.ts';
