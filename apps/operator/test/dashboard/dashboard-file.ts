import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A query of a panel. */
export interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: DataSource;
}

interface DataSource {
  readonly type: string;
  readonly uid: string;
}

/** What Grafana needs of a panel. */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly datasource?: DataSource;
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;
  readonly targets?: readonly Target[];
}

/** A variable of the dashboard; `definition` is there where it is asked of Prometheus. */
export interface Variable {
  readonly type: string;
  readonly name: string;
  readonly definition?: string;
}

/** The parts of the dashboard that tests look at. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly time: Readonly<Record<'from' | 'to', string>>;
  readonly templating: { readonly list: readonly Variable[] };
  readonly panels: readonly Panel[];
}

/** The dashboard as it is installed. Throws when it is no JSON. */
export function readDashboard(): Dashboard {
  const path = join(import.meta.dirname, '../../../../config/grafana/canaryop-dashboard.json');
  return JSON.parse(readFileSync(path, 'utf8')) as Dashboard;
}

/** Every query, with its panel's title. */
export function queriesOf({ panels }: Dashboard): readonly (readonly [title: string, expr: string])[] {
  return panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
}

/** A query as Grafana sends it. Throws for a variable without a value. */
export function substituted(query: string, values: Readonly<Record<string, string>>): string {
  return query.replaceAll(/\$(?:\{(\w+)\}|(\w+))/g, (_text, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? '';
    const value = values[name];
    if (value === undefined) throw new Error(`the variable ${name} has no value`);
    return value;
  });
}
