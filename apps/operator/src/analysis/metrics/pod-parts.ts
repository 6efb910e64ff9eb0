import type { AnalysisSpec } from '../../api/v1/canaryapp.ts';
import type { PodFacts } from '../../rollout/observed.ts';
import type { Moment } from '../analysis.ts';
import type { Answer, RangeQuestion } from '../question.ts';
import type { Judged } from './metric-verdict.ts';
import type { Part } from './part.ts';

/** What stands for the name of a pod in an expression. */
export const podPlaceholder = '<<pod>>';
/** More questions than this are not asked: a check has to be over before the next one. */
const mostQuestions = 1_000;

type PodSpec = Pick<AnalysisSpec, 'success'> & { readonly prometheusURL?: string };

/** Each expression, which has to give a value for each pod of the revision on trial. */
export function expressionParts({ success, prometheusURL }: PodSpec, { pods = [], now }: Moment): readonly Part[] {
  if (success.length * pods.length > mostQuestions) {
    const text = `${success.length} expressions for ${pods.length} pods are more than ${mostQuestions} questions`;
    return [{ questions: [], judge: () => ({ name: 'success', verdict: 'error', text }) }];
  }
  const ask = (query: string): RangeQuestion => ({
    kind: 'range',
    field: 'prometheusURL',
    query,
    startMs: now,
    endMs: now,
    stepSeconds: 1,
    ...(prometheusURL === undefined ? {} : { url: prometheusURL }),
  });
  return success.map(({ expr }, index) => {
    const name = `success[${index}]`;
    if (pods.length === 0)
      return { questions: [], judge: () => ({ name, verdict: 'noData', text: 'there is no pod' }) };
    // An expression that names no pod has one answer for all of them.
    const asked = expr.includes(podPlaceholder) ? pods.map((pod) => pod.name) : [''];
    return {
      questions: asked.map((pod) => ask(expr.replaceAll(podPlaceholder, pod))),
      judge: (answers) => judged(name, asked, answers),
    };
  });
}

/** Any result is a value, whatever it is: the expression itself says what is good. */
function judged(name: string, pods: readonly string[], answers: readonly Answer[]): Judged {
  const found = pods.map((pod, index) => ({ pod, answer: answers[index] ?? missing }));
  const forbidden = answers.find((answer) => answer.kind === 'forbidden');
  if (forbidden !== undefined) return { name, verdict: 'forbidden', text: forbidden.explanation };
  const failed = answers.find((answer) => answer.kind === 'error');
  if (failed !== undefined) return { name, verdict: 'error', text: failed.errorClass };
  const empty = found.filter(({ answer }) => answer.kind !== 'result').map(({ pod }) => pod);
  if (empty.length === 0) return { name, verdict: 'pass', text: `a value for each of ${pods.length} pods` };
  return { name, verdict: 'breach', text: empty[0] === '' ? 'no value' : `no value for ${shown(empty)}` };
}

const missing: Answer = { kind: 'error', errorClass: 'not asked' };

/** No container of these pods may have been started again: then the release is not what it looks like. */
export function restartPart({ pods = [] }: Moment): Part {
  const restarted = pods.filter(({ restarts }) => restarts > 0);
  const verdict = pods.length === 0 ? 'noData' : restarted.length === 0 ? 'pass' : 'breach';
  const text =
    pods.length === 0
      ? 'there is no pod'
      : restarted.length === 0
        ? `none of ${pods.length} pods`
        : `containers were started again of ${shown(restarted.map(timesOf))}`;
  return { questions: [], judge: () => ({ name: 'restarts', verdict, text }) };
}

function timesOf({ name, restarts }: PodFacts): string {
  return `${name} (${restarts}x)`;
}

const mostShown = 3;

function shown(names: readonly string[]): string {
  const rest = names.length - mostShown;
  return `${names.slice(0, mostShown).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
