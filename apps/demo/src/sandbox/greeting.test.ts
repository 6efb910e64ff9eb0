import { describe, expect, it } from 'vitest';

import { greeting, type Greeting } from './greeting.ts';

const ready: Greeting = { kubeconfig: '/tmp/canaryop-sandbox-abc123/kubeconfig', ingressPort: 8090, readyMs: 312.4 };

describe('what the sandbox says when it is ready', () => {
  it.each([
    ['with the operator', ready],
    ['without', { ...ready, operatorFlags: ['--resolve', 'prometheus.istio-system.svc:9090=127.0.0.1:65535'] }],
  ])('fits on a terminal of 80 columns and 24 rows, %s', (_name, facts) => {
    const lines = greeting(facts).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length).toBeLessThan(24);
    expect(lines).toContain('  export KUBECONFIG=/tmp/canaryop-sandbox-abc123/kubeconfig');
  });

  it('says how to follow the operator, or how to run one', () => {
    expect(greeting(ready)).toContain('logs deployments/canaryop-controller-manager');
    const alone = greeting({ ...ready, operatorFlags: ['--resolve', 'a:1=b:2'] });
    expect(alone).toContain('npx -y pnpm@12.21.0 operator \\\n    --resolve a:1=b:2\n');
    expect(alone).not.toContain('logs deployments');
  });
});
