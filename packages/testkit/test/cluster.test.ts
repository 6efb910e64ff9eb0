import { startSimkube } from '../src/index.ts';
import { clusterSuite } from './cluster/cluster.suite.ts';

clusterSuite('simulated', () => startSimkube());
