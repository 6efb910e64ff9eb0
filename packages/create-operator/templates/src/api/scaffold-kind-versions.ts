import { kindVersions, olderVersion } from '@canaryop/reconcile/versions';

import { ScaffoldKind as Older } from './v98beta98/scaffold-kind.ts';
import { ScaffoldKind } from './v99beta99/scaffold-kind.ts';

/** All versions of the kind. Controllers know the newest; what others lack a word for is kept on the way. */
export const scaffoldKindVersions = kindVersions(ScaffoldKind, [
  olderVersion(ScaffoldKind, Older, {
    up: ({ spec, status }) => ({ spec: { text: spec.message }, ...(status === undefined ? {} : { status }) }),
    down: ({ spec, status }) => ({ spec: { message: spec.text }, ...(status === undefined ? {} : { status }) }),
  }),
]);
