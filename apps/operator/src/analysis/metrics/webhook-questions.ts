import type { ObjectKey } from '@canaryop/reconcile/object';

import type { AnalysisSpec } from '../../api/v1/canaryapp.ts';
import type { Verdict } from '../../rollout/observed.ts';
import type { Moment } from '../analysis.ts';
import type { Answer, WebhookQuestion } from '../question.ts';
import type { Judged } from './metric-verdict.ts';

export type WebhookSpec = AnalysisSpec['webhooks'][number];

/** What a webhook is told: of which application and revision, where its release is or how it ended, and the spec's metadata. */
export function webhookQuestion(app: ObjectKey, hook: WebhookSpec, moment: Moment): WebhookQuestion {
  const { name, namespace = '' } = app;
  const { id: revision } = moment.revision;
  return {
    kind: 'webhook',
    url: hook.url,
    field: `url of webhook ${hook.name}`,
    body: JSON.stringify({ name, namespace, revision, phase: phaseOf(moment), metadata: hook.metadata ?? {} }),
    timeoutMs: hook.timeoutSeconds * 1000,
  };
}

function phaseOf({ when, outcome = 'Cancelled' }: Moment): string {
  return { before: 'Starting', during: 'Shifting', after: outcome }[when];
}

/** A webhook that did not accept refused the release; one that gave no answer judged nobody. */
export function webhookVerdict({ name: own }: WebhookSpec, answer: Answer): Judged {
  const name = `webhook ${own}`;
  const judged = (verdict: Verdict, text: string): Judged => ({ name, verdict, text });
  switch (answer.kind) {
    case 'accepted':
      return judged('pass', 'accepted');
    case 'refused':
      return judged('breach', `refused (HTTP ${answer.status})`);
    case 'forbidden':
      return judged('forbidden', answer.explanation);
    case 'error':
      return judged('error', answer.errorClass);
    default:
      return judged('error', 'no answer');
  }
}
