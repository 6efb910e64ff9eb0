import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../../../docs/reconcile-how-to.md'), 'utf8');

describe('docs/reconcile-how-to.md', () => {
  it.each(['shop-operator.ts', 'mirror-operator.ts'])('shows %s as it is tested', (file) => {
    expect(page).toContain(readFileSync(join(import.meta.dirname, file), 'utf8'));
  });
});
