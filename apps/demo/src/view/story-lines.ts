import type { Step, StoryEvent, StoryResult } from '../story/story-event.ts';
import type { Style } from './style.ts';

const barWidth = 30;

/** The lines that an event adds, none wider than 80 columns; `measuring` has the one line that is still changing. */
export function linesOf(event: StoryEvent, style: Style): readonly string[] {
  const done = style.good('✓');
  switch (event.event) {
    case 'cluster':
      return [
        `${done} cluster up in ${event.readyMs} ms: API server ${hostOf(event.apiServer)}, ingress ${hostOf(event.ingress)}`,
      ];
    case 'applied': {
      const { queryRange, ...times } = event.override;
      return [
        `${done} ${event.manifest} applied, quickened: query range ${queryRange},`,
        `  ${Object.entries(times)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')}`,
      ];
    }
    case 'installed':
      return [
        `${done} ${event.version} installed in ${seconds(event.seconds)}; from now on ${event.perSecond} GET /hello a second`,
      ];
    case 'patched':
      return ['', style.strong(`spec.image: ${event.image}`)];
    case 'measuring':
    case 'step':
      return [stepLine(event, style)];
    case 'promoting':
      return [`  every check passed: primary gets ${event.version} too, then all traffic`];
    case 'promoted':
      return [`${done} ${event.version} promoted ${seconds(event.seconds)} after the patch`];
    case 'errors':
      return [`  GET ${event.path}: 500s begin`];
    case 'rolledBack':
      return [
        `${done} ${event.version} rolled back ${seconds(event.seconds)} after GET /nothello began to answer 500: weight 0,`,
        `  lastFailedTag ${event.lastFailedTag}`,
      ];
    case 'draining':
      return ['  secondary has no traffic any more; it drains, then it goes'];
  }
}

/** Whether an event only matters while it lasts, so that a terminal shows it in place. */
export function isPassing({ event }: StoryEvent): boolean {
  return event === 'measuring' || event === 'promoting' || event === 'errors' || event === 'draining';
}

/** The summary. */
export function resultLines(result: StoryResult, storySeconds: number, style: Style): readonly string[] {
  const { requests, why = [] } = result;
  if (result.result === 'failed')
    return [style.bad('✗ the story did not hold:'), ...why.map((reason) => `  ${reason}`)];
  const outcome = `The story held: ${requests.sent} GET /hello, ${requests.failedByRollout} failed`;
  return [`${style.strong(style.good(outcome))}, ${seconds(storySeconds)}. Your turn: see README.md`];
}

function stepLine({ version, weight, share, answers }: Step, style: Style): string {
  const measured = share === undefined ? '   -  ' : `${share.toFixed(1).padStart(4)} %`;
  return `  weight ${String(weight).padStart(2)} %  ${bar(share ?? 0, weight, style)}  ${version} answered ${measured} of ${answers}`;
}

/** The measured share as a bar; the mark is where the weight says that it should end. */
function bar(share: number, weight: number, style: Style): string {
  const filled = Math.round((share / 100) * barWidth);
  const mark = Math.min(Math.round((weight / 100) * barWidth), barWidth - 1);
  const cells = Array.from({ length: barWidth }, (_, index) => {
    if (index < filled) return style.good('█');
    return index === mark ? '|' : style.faint('·');
  });
  return cells.join('');
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
