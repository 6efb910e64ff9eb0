import { describe, expect, it } from 'vitest';

import { requestCounts, requestsSince, total } from './server-requests.ts';

const scrape = `# HELP apiserver_request_total Counter
apiserver_request_total{code="201",component="apiserver",resource="configmaps",subresource="",verb="POST"} 2000
apiserver_request_total{code="409",component="apiserver",resource="configmaps",subresource="",verb="POST"} 3
apiserver_request_total{code="200",component="apiserver",resource="widgets",subresource="status",verb="PATCH"} 2001
apiserver_request_total{code="200",component="apiserver",resource="widgets",subresource="",verb="WATCH"} 7
apiserver_request_total{code="200",component="apiserver",resource="leases",subresource="",verb="PUT"} 90
`;

describe('requests to an API server', () => {
  it('are counted by verb and resource, whatever came of them, without watches', () => {
    const counts = requestCounts(scrape, ['configmaps', 'widgets']);
    expect(counts).toEqual({ 'POST configmaps': 2003, 'PATCH widgets/status': 2001 });
    expect(total(counts, { 'POST configmaps': 3 })).toBe(4001);
  });

  it('are those since an earlier scrape', () => {
    const before = { 'POST configmaps': 2000 };
    expect(requestsSince(before, requestCounts(scrape, ['configmaps']))).toEqual({ 'POST configmaps': 3 });
  });
});
