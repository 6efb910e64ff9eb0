import { present, type ObjectKey } from '@canaryop/reconcile/object';

import type { AnalysisSpec } from '../../api/v1/canaryapp.ts';
import type { Analysis, Inquiry, Moment } from '../analysis.ts';
import type { Answer } from '../question.ts';
import { findingOf, type Policies } from './finding.ts';
import { metricQuestions, type MetricSpec, type Subjects } from './metric-questions.ts';
import { metricVerdict } from './metric-verdict.ts';
import type { Part } from './part.ts';
import { expressionParts, restartPart } from './pod-parts.ts';
import { webhookQuestion, webhookVerdict, type WebhookSpec } from './webhook-questions.ts';

/**
 * The metrics, expressions and webhooks of spec.analysis, about the two sides of one application's releases.
 * @param analysis without it there is nothing to judge by
 * @param watchesPods whether a pod whose container was started again is a breach
 */
export function metricAnalysis(
  app: ObjectKey,
  analysis: AnalysisSpec | undefined,
  subjects: Subjects,
  watchesPods = false,
): Analysis {
  const spec = analysis ?? empty;
  const podSpec = present({ success: spec.success, prometheusURL: subjects.prometheusURL });
  return {
    inquire(moment) {
      const { when } = moment;
      const hooks = spec.webhooks.filter((hook) => hook.when === when).map((hook) => webhookPart(app, hook, moment));
      const metrics = when === 'after' ? [] : spec.metrics.map((metric) => metricPart(subjects, metric, moment));
      if (when === 'before') return inquiryOf([...hooks, ...metrics.map(askedEarly)], spec);
      const pods =
        when === 'after' ? [] : [...(watchesPods ? [restartPart(moment)] : []), ...expressionParts(podSpec, moment)];
      const parts = [...hooks, ...pods, ...metrics];
      return when === 'during' && parts.length === 0 ? inquiryOf([nothingToJudgeBy], spec) : inquiryOf(parts, spec);
    },
  };
}

const empty: Pick<AnalysisSpec, 'metrics' | 'webhooks' | 'success'> & Policies = {
  success: [],
  metrics: [],
  webhooks: [],
  onNoData: 'fail',
  onTooFewSamples: 'hold',
  onProviderError: 'fail',
};

/** A release that nobody judges is one without data, and not one that passes. */
const nothingToJudgeBy: Part = {
  questions: [],
  judge: () => ({ name: 'analysis', verdict: 'noData', text: 'spec.analysis has no metrics to judge the release by' }),
};

/**
 * Before the first weight there is no value that could be this revision's. What can be known by then is whether the
 * metric will have an answer at all.
 */
function askedEarly(part: Part): Part {
  return {
    questions: part.questions,
    judge(answers) {
      const { name, verdict, text } = part.judge(answers);
      const isKnown = verdict === 'forbidden' || verdict === 'error';
      return isKnown ? { name, verdict, text } : { name, verdict: 'pass', text: 'can be asked' };
    },
  };
}

function metricPart(subjects: Subjects, metric: MetricSpec, moment: Moment): Part {
  const asked = metricQuestions(subjects, metric, moment);
  if ('problem' in asked) {
    return { questions: [], judge: () => ({ name: metric.name, verdict: 'error', text: asked.problem }) };
  }
  const { value, baseline, requests } = asked;
  const compared = baseline === undefined ? [] : [baseline];
  return {
    questions: [value, ...compared, ...requests],
    judge(answers) {
      const [first = missing, ...others] = answers;
      return metricVerdict(metric, {
        value: first,
        requests: others.slice(compared.length),
        ...(baseline === undefined ? {} : { baseline: others[0] ?? missing }),
      });
    },
  };
}

function webhookPart(app: ObjectKey, hook: WebhookSpec, moment: Moment): Part {
  return {
    questions: [webhookQuestion(app, hook, moment)],
    judge: ([answer = missing]) => webhookVerdict(hook, answer),
  };
}

const missing: Answer = { kind: 'error', errorClass: 'not asked' };

function inquiryOf(parts: readonly Part[], policies: Policies): Inquiry {
  return {
    questions: parts.flatMap(({ questions }) => questions),
    judge(answers) {
      let at = 0;
      const judged = parts.map((part) => {
        const own = answers.slice(at, at + part.questions.length);
        at += part.questions.length;
        return part.judge(own);
      });
      return findingOf(judged, policies);
    },
  };
}
