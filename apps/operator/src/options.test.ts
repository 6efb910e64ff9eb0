import { describe, expect, it } from 'vitest';

import { parseFlags } from './options.ts';

const refused = (url: string) => () => parseFlags(['--metrics-server', url]);

describe('--metrics-server', () => {
  it('is Istio’s own Prometheus by default', () => {
    expect(parseFlags([]).metricsServer).toBe('http://prometheus.istio-system.svc:9090');
  });

  it.each(['http://10.0.0.1:9090', 'https://metrics.example.com/prometheus', 'http://[::1]:9090/'])(
    'may be %s',
    (url) => {
      expect(parseFlags(['--metrics-server', url]).metricsServer).toBe(url);
    },
  );

  it.each([
    'prometheus:9090',
    'file:///etc/passwd',
    '',
    'http://me:secret@prometheus:9090',
    'http://prometheus:9090/?a=b',
    'http://prometheus:9090/#a',
  ])('may not be %s', (url) => {
    expect(refused(url)).toThrow('http or https URL');
  });
});

describe('--alerts-namespace', () => {
  it('may be repeated', () => {
    const { alertsBindAddress, alertsNamespace } = parseFlags(['--alerts-namespace=a', '--alerts-namespace', 'b']);
    expect([alertsBindAddress, alertsNamespace]).toEqual(['0', ['a', 'b']]);
  });
});
