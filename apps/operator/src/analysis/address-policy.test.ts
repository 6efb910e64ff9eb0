import { describe, expect, it } from 'vitest';

import { defaultAllowedHosts, isRefusedAddress, judgeUrl, type AddressPolicy } from './address-policy.ts';

const policy: AddressPolicy = {
  allowedHosts: [...defaultAllowedHosts, 'prometheus.example.com'],
  resolve: new Map([['prometheus.istio-system.svc:9090', { host: '127.0.0.1', port: 39090 }]]),
  refusedAddresses: ['10.96.0.1'],
};

describe('the address policy', () => {
  it.each([
    ['http://prometheus.istio-system.svc:9090', 'mapped'],
    ['http://PROMETHEUS.istio-system.svc:9090/base', 'mapped'],
    ['http://prometheus.monitoring.svc', 'lookup'],
    ['http://prometheus.monitoring.svc.cluster.local:9090', 'lookup'],
    ['https://prometheus.example.com', 'lookup'],
    ['http://svc', 'forbidden'],
    ['http://.svc', 'forbidden'],
    ['http://evil.example.com', 'forbidden'],
    ['http://prometheus.example.com.evil.com', 'forbidden'],
    ['http://kubernetes.default', 'forbidden'],
    ['http://localhost:9090', 'forbidden'],
    ['http://127.0.0.1:9090', 'forbidden'],
    ['http://2130706433/', 'forbidden'],
    ['http://0x7f.1/', 'forbidden'],
    ['http://[::1]:9090', 'forbidden'],
    ['http://[::ffff:169.254.169.254]/', 'forbidden'],
    ['http://169.254.169.254/latest/meta-data', 'forbidden'],
    ['http://10.0.0.1', 'forbidden'],
    ['http://user:secret@prometheus.monitoring.svc', 'forbidden'],
    ['http://evil.example.com#.svc', 'forbidden'],
    ['file:///etc/passwd', 'invalid'],
    ['prometheus.svc:9090', 'invalid'],
    ['http://', 'invalid'],
  ])('says of %s: %s', (url, kind) => {
    expect(judgeUrl(url, policy, 'prometheusURL').kind).toBe(kind);
  });

  it('never repeats credentials', () => {
    const verdict = judgeUrl('http://user:secret@prometheus.monitoring.svc', policy, 'prometheusURL');
    expect(JSON.stringify(verdict)).not.toContain('secret');
  });

  it.each([
    ['10.1.2.3', false],
    ['192.168.1.1', false],
    ['10.96.0.1', true],
    ['127.0.0.1', true],
    ['0.0.0.0', true],
    ['169.254.169.254', true],
    ['224.0.0.1', true],
    ['::1', true],
    ['::', true],
    ['::ffff:127.0.0.1', true],
    ['fe80::1', true],
    ['FE80::1', true],
    ['fd00::5', false],
  ])('of the address %s that a name leads to, refused is %s', (address, refused) => {
    expect(isRefusedAddress(address, policy)).toBe(refused);
  });
});
