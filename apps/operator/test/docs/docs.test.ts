import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { parse } from 'yaml';

import { validateObject } from '@canaryop/reconcile/validation';
import { placeholders } from '../../src/analysis/metrics/placeholders.ts';
import { CanaryApp } from '../../src/api/v1/canaryapp.ts';
import { Reason } from '../../src/api/v1/reasons.ts';
import { parseFlags } from '../../src/options.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, '../../../../docs', name), 'utf8');
const operating = read('operating.md');
const reference = read('canaryapp.md');
const analysis = read('analysis.md');

interface Schema {
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

interface Crd {
  readonly spec: { readonly versions: readonly { readonly schema: { readonly openAPIV3Schema: Schema } }[] };
}

const schema = (CanaryApp.crd() as unknown as Crd).spec.versions[0]?.schema.openAPIV3Schema;
const specFields = Object.entries(schema?.properties?.['spec']?.properties ?? {}).flatMap(([name, field]) =>
  field.properties !== undefined && name !== 'targetRef'
    ? Object.entries(field.properties).map(([inner, innerField]) => [`${name}.${inner}`, innerField.default] as const)
    : [[name, field.default] as const],
);

describe('the documentation', () => {
  it.each(specFields)('has the field %s, with its default', (name, value) => {
    const row = reference.split('\n').find((line) => line.startsWith(`| \`${name}\` |`));
    expect(row).toBeDefined();
    if (value !== undefined) {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      expect(row).toContain(`| \`${text}\` |`);
    }
  });

  it.each(Object.values(Reason).filter((reason) => reason !== Reason.RetryRequested))(
    'says what the reason %s asks for',
    (reason) => {
      const rows = operating.split('\n').filter((line) => line.startsWith('| '));
      expect(rows.some((row) => row.split('|')[1]?.split(/[ ,]+/).includes(reason))).toBe(true);
    },
  );

  it('has an example of an analysis that is valid as it stands', () => {
    const [, example = ''] = /```yaml\n([^`]+)```/.exec(analysis) ?? [];
    expect(validateObject(CanaryApp, parse(example))).toEqual([]);
  });

  it('has an example of a replica ratio that is valid as it stands', () => {
    const [, example = ''] = /```yaml\n([^`]+)```/.exec(read('replica-ratio.md')) ?? [];
    expect(parse(example)).toMatchObject({ spec: { traffic: { router: 'replicas' } } });
    expect(validateObject(CanaryApp, parse(example))).toEqual([]);
  });

  it.each(placeholders)('explains the placeholder %s', (name) => {
    expect(analysis).toContain(`| \`{{ ${name} }}\` |`);
  });

  it.each(
    Object.keys(
      parseFlags(
        ['metrics-cert-dir', 'alerts-cert-dir', 'alerts-namespace', 'namespace', 'kubeconfig', 'context'].flatMap(
          (name) => [`--${name}`, 'x'],
        ),
      ),
    ),
  )('knows the flag %s', (option) => {
    const flag = `--${option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    expect(operating).toMatch(new RegExp(`\`${flag}[ \`]`));
  });
});
