/** What code may do in a cluster: permissions, the roles that grant them, and what of them requests use. */
export { compareAccess, rightOf, rightsOf, type Right } from './access.ts';
export { recordAccess, type AccessRecorder } from './access-recorder.ts';
export { ownedVerbs, policyRules, watchedVerbs, type Permission, type PolicyRule, type Verb } from './permission.ts';
export { roleOf, type Role } from './role.ts';
export { missingRights, type GrantedRule } from './missing-rights.ts';
