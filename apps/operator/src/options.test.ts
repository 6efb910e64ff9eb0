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

  it.each<[string, object]>([
    ['127.0.0.1:8888', { host: '127.0.0.1', port: 8888 }],
    ['localhost:0', { host: 'localhost', port: 0 }],
    ['[::1]:8888', { host: '::1', port: 8888 }],
  ])('has the line console listen at %s', (value, address) => {
    expect(parseFlags([`--console-bind-address=${value}`]).consoleBindAddress).toEqual(address);
  });

  it.each([':8888', '0.0.0.0:8888', '10.0.0.1:8888', '127.0.0.1', '127.0.0.1:99999', 'localhost.example.com:1'])(
    'has no line console at %s, where others get to',
    (value) => {
      expect(() => parseFlags([`--console-bind-address=${value}`])).toThrow('it must be an address of loopback');
    },
  );
});
