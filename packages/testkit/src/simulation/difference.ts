import { isJsonObject, jsonEqual, type JsonObject } from '@canaryop/reconcile/object';

import type { FixedPoint } from './fixed-point.ts';

const mostLines = 40;

/** How `actual` differs from `expected`, in the manner of diff; nothing when it does not. */
export function differenceOf(expected: FixedPoint, actual: FixedPoint): readonly string[] {
  const labels = [...new Set([...expected.keys(), ...actual.keys()])].toSorted();
  const lines = labels.flatMap((label) => objectDifference(label, expected.get(label), actual.get(label), actual));
  return lines.length <= mostLines
    ? lines
    : [...lines.slice(0, mostLines), `... and ${lines.length - mostLines} lines more`];
}

function objectDifference(label: string, expected: unknown, actual: unknown, others: FixedPoint): readonly string[] {
  if (jsonEqual(expected, actual)) return [];
  if (actual === undefined) return [`- ${label}`];
  if (expected === undefined) return [`+ ${label}${twinText(label, actual, others)}`];
  return [`  ${label}`, ...valueDifference('', expected, actual)];
}

/** A surplus object beside another of its kind that the same object controls is a duplicate. */
function twinText(label: string, actual: unknown, others: FixedPoint): string {
  const owner = controllerOf(actual);
  if (owner === undefined) return '';
  const twin = [...others].find(
    ([other, value]) => other !== label && kindOf(other) === kindOf(label) && controllerOf(value) === owner,
  );
  return twin === undefined ? '' : `   a duplicate: ${twin[0]} has the same controller`;
}

function kindOf(label: string): string {
  return label.slice(0, label.indexOf(' '));
}

function controllerOf(object: unknown): string | undefined {
  const metadata = fieldsOf(fieldsOf(object)['metadata']);
  const references = metadata['ownerReferences'];
  if (!Array.isArray(references)) return undefined;
  const controller = references.find((reference) => fieldsOf(reference)['controller'] === true);
  return controller === undefined ? undefined : String(fieldsOf(controller)['uid']);
}

function fieldsOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function valueDifference(path: string, expected: unknown, actual: unknown): readonly string[] {
  if (jsonEqual(expected, actual)) return [];
  if (isJsonObject(expected) && isJsonObject(actual)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
    return keys.flatMap((key) => valueDifference(`${path}.${key}`, expected[key], actual[key]));
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length === actual.length)
    return expected.flatMap((item, index) => valueDifference(`${path}[${index}]`, item, actual[index]));
  return [
    ...(expected === undefined ? [] : [`-   ${path}: ${JSON.stringify(expected)}`]),
    ...(actual === undefined ? [] : [`+   ${path}: ${JSON.stringify(actual)}`]),
  ];
}
