import type { AnalysisSpec } from '../../api/v1/canaryapp.ts';
import type { Verdict } from '../../rollout/observed.ts';
import type { Finding } from '../analysis.ts';
import type { Judged } from './metric-verdict.ts';

/** What a check means that could not judge the release, as the spec says. */
export type Policies = Pick<AnalysisSpec, 'onNoData' | 'onTooFewSamples' | 'onProviderError'>;

const longestDetail = 512;
const longestText = 160;

const weights = { fail: 30, hold: 20, pass: 10 } as const;

/** What weighs more is the verdict of a check. Among those that judge nobody it is the one with the stricter policy. */
function severity(verdict: Verdict, policies: Policies): number {
  switch (verdict) {
    case 'forbidden':
      return 50;
    case 'breach':
      return 40;
    case 'error':
      return weights[policies.onProviderError] + 2;
    case 'noData':
      return weights[policies.onNoData] + 1;
    case 'tooFewSamples':
      return weights[policies.onTooFewSamples];
    case 'pass':
      return 0;
  }
}

/** One finding of many: the worst verdict, and a detail that names each that did not pass, the worst first. */
export function findingOf(judged: readonly Judged[], policies: Policies): Finding {
  const weight = ({ verdict }: Judged): number => severity(verdict, policies);
  const failed = judged.filter(({ verdict }) => verdict !== 'pass').toSorted((a, b) => weight(b) - weight(a));
  const told = failed.length === 0 ? judged : failed;
  return {
    verdict: failed[0]?.verdict ?? 'pass',
    detail: joined(told.map(({ name, text }) => `${name}: ${cut(text)}`)),
    measured: judged.map(({ text: _text, ...measured }) => measured),
  };
}

/** As many texts as there is room for, and how many there are beside them. */
function joined(texts: readonly string[]): string {
  let detail = '';
  for (const [index, text] of texts.entries()) {
    const more = `; and ${texts.length - index} more`;
    const next = index === 0 ? text : `${detail}; ${text}`;
    if (next.length > longestDetail - more.length) return `${detail}${more}`;
    detail = next;
  }
  return detail;
}

function cut(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
