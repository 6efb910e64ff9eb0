/** A real Kubernetes control plane for tests, as plain processes. */
export {
  readAuditLog,
  requestLevel,
  type AuditEvent,
  type AuditObject,
  type AuditPolicy,
  type AuditRule,
  type AuditStage,
  type AuditUser,
} from './cluster/audit-log.ts';
export type { Component, ControlPlane, ControlPlaneOptions } from './cluster/control-plane.ts';
export { installDefinitions } from './cluster/definitions.ts';
export { startControlPlane } from './cluster/start-control-plane.ts';
export { readYamlDocuments } from './cluster/yaml-documents.ts';
export { installGatewayDefinitions } from './gateway-api/gateway-definitions.ts';
export { installIstioDefinitions } from './istio/istio-definitions.ts';
export { startIstiod, type Istiod, type IstiodOptions } from './istio/start-istiod.ts';
export type { KwokOptions, PodOutcome, PodRule } from './kwok/kwok-options.ts';
export { startGuard, type Guard } from './processes/guard.ts';
export { freePort } from './processes/free-port.ts';
export {
  startProcess,
  untilReady,
  type ManagedProcess,
  type ProcessOptions,
  type ProcessScope,
} from './processes/managed-process.ts';
export type { OnProgress } from './programs/build-program.ts';
export { findProgram, findPrograms, type FindOptions } from './programs/find-program.ts';
export { moduleFolder } from './programs/go.ts';
export { programNames, type ProgramName } from './programs/program.ts';
