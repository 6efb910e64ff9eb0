import type { ResourceKind } from '../object/resource-kind.ts';
import { ownedVerbs, watchedVerbs, type Permission } from '../rbac/permission.ts';
import type { ControllerDefinition, WatchDefinition } from './builder.ts';

/**
 * What a controller may do, as far as that follows from its declaration: it watches every kind that it declared, patches
 * the status of the kind that it is `for`, makes and changes what it `owns`, and does what it says that it `may` do.
 */
export function declaredPermissions({ watches, permissions }: ControllerDefinition): readonly Permission[] {
  const ownsAny = watches.some(({ role }) => role === 'owns');
  return [...watches.flatMap((watch) => permissionsOf(watch, ownsAny)), ...permissions];
}

function permissionsOf({ kind: resource, role }: WatchDefinition, ownsAny: boolean): readonly Permission[] {
  if (role === 'owns') return [{ resource, verbs: ownedVerbs }];
  if (role !== 'for') return [{ resource, verbs: watchedVerbs }];
  return [
    { resource, verbs: watchedVerbs },
    ...(hasStatus(resource) ? [{ resource, subresource: 'status', verbs: ['patch'] } as const] : []),
    // Children block their owner's deletion, and OwnerReferencesPermissionEnforcement asks this of whoever says so.
    ...(ownsAny ? [{ resource, subresource: 'finalizers', verbs: ['update'] } as const] : []),
  ];
}

/** Whether a kind was defined with a status here: that of any other kind is somebody else's to write. */
function hasStatus(kind: ResourceKind): boolean {
  const { schema } = kind as { readonly schema?: { readonly properties?: Readonly<Record<string, unknown>> } };
  return schema?.properties?.['status'] !== undefined;
}
