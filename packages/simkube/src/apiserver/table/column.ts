import { stringAt, type ApiObject } from '../object/api-object.ts';
import { ageText } from './age.ts';

/** What a cell may hold. */
export type Cell = string | number | boolean | null;

/** One column of a kind's table. */
export interface Column {
  readonly name: string;
  /** OpenAPI type, for instance `string`, `integer`, `date`. */
  readonly type: string;
  readonly format?: string | undefined;
  readonly description?: string | undefined;
  /** Columns above 0 show with `-o wide` only. */
  readonly priority?: number | undefined;
  readonly cell: (object: ApiObject, nowMs: number) => Cell | undefined;
}

type CellOf = Column['cell'];

/** A text column. */
export const text = (name: string, cell: CellOf): Column => ({ name, type: 'string', cell });

/** A number column. */
export const integer = (name: string, cell: CellOf): Column => ({ name, type: 'integer', cell });

/** The same column, shown with `-o wide` only. */
export const wide = (column: Column): Column => ({ ...column, priority: 1 });

/** The name column, first in nearly every table. */
export const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  cell: (object) => object.metadata.name,
};

/** How long ago the object was made. */
export const ageColumn: Column = text('Age', (object, now) => ageText(object.metadata.creationTimestamp, now));

/** When the object was made. */
export const createdAtColumn: Column = {
  name: 'Created At',
  type: 'date',
  cell: (object) => stringAt(object, 'metadata', 'creationTimestamp'),
};
