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
    case 'applied':
      return [`${done} ${event.manifest}, quickened for this demo:`, style.faint(`  ${overrideText(event.override)}`)];
    case 'installed':
      return [
        `${done} ${event.version} installed in ${seconds(event.seconds)}; from now on ${event.perSecond} GET /hello a second`,
      ];
    case 'patched':
      return ['', style.strong(`image: ${event.image}`)];
    case 'measuring':
    case 'step':
      return [stepLine(event, style)];
    case 'promoting':
      return ['  every check passed: primary gets it too, then all traffic'];
    case 'promoted':
      return [`${done} ${event.version} promoted ${seconds(event.seconds)} after the patch`];
    case 'errors':
      return [style.bad(`  GET ${event.path}: 500s begin`)];
    case 'rolledBack':
      return [
        `${done} ${event.version} rolled back ${seconds(event.seconds)} after the first 500: weight 0,`,
        `  lastFailedTag ${event.lastFailedTag}`,
      ];
  }
}

/** The summary, under an empty line. */
export function resultLines(result: StoryResult, storySeconds: number, style: Style): readonly string[] {
  const { v2, v3, requests, why = [] } = result;
  if (result.result === 'failed') {
    return ['', style.bad('✗ the story did not hold:'), ...why.map((reason) => `  ${reason}`)];
  }
  return [
    '',
    style.strong(style.good(`The story held. ${requests.sent} GET /hello, ${requests.failedByRollout} failed.`)),
    `v2 took ${seconds(v2.seconds)} at weights ${v2.weights.join(', ')}; v3 was back after ${seconds(v3.seconds)}; ${seconds(storySeconds)} in all.`,
    `${style.faint('Try it yourself, with kubectl:')} pnpm sandbox`,
  ];
}

function stepLine({ version, weight, share, answers }: Step, style: Style): string {
  const measured = share === undefined ? '   -  ' : `${share.toFixed(1).padStart(4)} %`;
  return `  weight ${String(weight).padStart(2)} %  ${bar(share ?? 0, weight, style)}  ${version} ${measured} of ${answers}`;
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

function overrideText(override: Readonly<Record<string, unknown>>): string {
  return Object.entries(override)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
