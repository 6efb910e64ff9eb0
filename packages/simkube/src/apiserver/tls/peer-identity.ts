import type { TLSSocket } from 'node:tls';

import type { UserInfo } from '../authn/user-info.ts';

/** Who a verified client certificate stands for: its common name, and its organizations as groups. */
export function peerIdentity(socket: TLSSocket): UserInfo | undefined {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const username = single(subject?.CN);
  if (username === undefined) return undefined;
  return { username, groups: [...several(subject.O), 'system:authenticated'] };
}

function single(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function several(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}
