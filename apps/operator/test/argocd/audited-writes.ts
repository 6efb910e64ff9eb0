import type { AuditEvent } from '@canaryop/testkit/control-plane';

import { primaryName, secondaryName } from '../../src/api/v1/names.ts';
import { operatorUser, type ArgoCdWorld } from './argocd-world.ts';

/** A write that the API server took, in words: `patch virtualservices/demo`, `patch canaryapps/demo/status`. */
export interface AuditedWrite {
  /** Who asked; controllers of Kubernetes itself, kwok and kubectl are `other`. */
  readonly by: 'argocd' | 'operator' | 'other';
  readonly what: string;
}

const verbs = ['create', 'update', 'patch', 'delete', 'deletecollection'];

/** Marks a moment; `since` returns what was written after it to an application and what it owns, oldest first. */
export interface AuditMark {
  since(app: string): Promise<readonly AuditedWrite[]>;
}

/** Marks now. Events are left out: they tell of things, and nothing reacts to them. */
export async function markAudit({ controlPlane, argoCd }: ArgoCdWorld): Promise<AuditMark> {
  const before = (await controlPlane.auditEvents()).length;
  const byUser: Readonly<Record<string, 'argocd' | 'operator'>> = {
    [argoCd.user]: 'argocd',
    [operatorUser]: 'operator',
  };
  return {
    since: async (app) => {
      const names = [app, primaryName(app), secondaryName(app)];
      const events = (await controlPlane.auditEvents()).slice(before);
      return events
        .filter((event) => isWrite(event) && names.includes(nameOf(event)))
        .map((event) => ({ by: byUser[event.user.username] ?? 'other', what: wordsFor(event) }));
    },
  };
}

function isWrite({ verb, stage, requestURI, objectRef, responseStatus }: AuditEvent): boolean {
  const code = responseStatus?.code ?? 0;
  return (
    stage === 'ResponseComplete' &&
    verbs.includes(verb) &&
    code >= 200 &&
    code < 300 &&
    // Argo CD tries each sync without effect first.
    !new URL(requestURI, 'https://cluster').searchParams.has('dryRun') &&
    objectRef?.namespace === 'default' &&
    objectRef.resource !== 'events'
  );
}

/** The name of a created object is in the body. */
function nameOf({ objectRef, requestObject }: AuditEvent): string {
  const { metadata } = (requestObject ?? {}) as { metadata?: { name?: string } };
  return objectRef?.name ?? metadata?.name ?? '';
}

function wordsFor(event: AuditEvent): string {
  const { resource = '', subresource } = event.objectRef ?? {};
  return `${event.verb} ${[resource, nameOf(event), subresource].filter(Boolean).join('/')}`;
}
