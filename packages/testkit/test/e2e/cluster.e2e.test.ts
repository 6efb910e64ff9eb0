import { startControlPlane } from '../../src/control-plane/index.ts';
import { clusterSuite } from '../cluster/cluster.suite.ts';

clusterSuite('a real control plane', () => startControlPlane({ controllerManager: false }));
