import { describe, expect, it } from 'vitest';

import packageJson from '../package.json' with { type: 'json' };
import { nodeVersionProblem } from './node-version.ts';

describe('the version of Node', () => {
  it.each(['22.19.0', '22.20.1', '24.0.0', '26.10.0', '27.0.0-nightly'])('%s is new enough', (version) => {
    expect(nodeVersionProblem('create-operator', version)).toBeUndefined();
  });

  it.each(['18.20.0', '20.20.2', '22.18.0', '21.99.0'])('%s is told to be too old', (version) => {
    expect(nodeVersionProblem('create-operator', version)).toBe(
      `create-operator needs Node 22.19 or later, and this is ${version}: install a newer one, and run it again`,
    );
  });

  it("that is asked for is package.json's", () => {
    const asked = packageJson.engines.node.replace('>=', '');
    expect(nodeVersionProblem('reconcile', '0.0.0')).toContain(`Node ${asked} or later`);
  });
});
