import { join } from 'node:path';

import { nodeEnvironment } from '../../measure/node-environment.ts';
import type { Peer } from './peer.ts';

const dist = join(import.meta.dirname, '../../../dist/framework');

function subject(script: string): Pick<Peer, 'modes' | 'prepare'> {
  const command = { program: process.execPath, args: [join(dist, script)], environment: nodeEnvironment };
  return { modes: ['reconcile'], prepare: () => Promise.resolve(command) };
}

export const reconcile: Peer = {
  name: 'reconcile',
  version: 'this repository',
  hasCacheMode: true,
  ...subject('subject.js'),
};

export const clientNode: Peer = {
  name: 'client-node',
  version: '2.0.1',
  hasCacheMode: true,
  ...subject('client-node-subject.js'),
};

/** It watches, and has no cache. */
export const k8sOperator: Peer = {
  name: 'k8s-operator',
  version: '1.3.9',
  hasCacheMode: false,
  ...subject('k8s-operator-subject.js'),
};
