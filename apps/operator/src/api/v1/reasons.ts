/** Reasons of conditions, decisions and Events: what machines and people match on. Each is said in one situation only. */
export const Reason = {
  /** Primary runs its first release. */
  Installed: 'Installed',
  /** Primary is on its way to the first release. */
  Installing: 'Installing',
  /** The wanted revision runs on primary with all traffic. */
  Released: 'Released',
  /** A run began: secondary is being made ready. */
  CanaryStarted: 'CanaryStarted',
  /** The query already gives a result before the revision has any traffic, so it cannot judge it. */
  AlreadyFailing: 'AlreadyFailing',
  /** The weight of secondary changed by a step of the run. */
  TrafficShifted: 'TrafficShifted',
  /** Routes had other weights than intended; the smaller weight was kept. */
  TrafficDrift: 'TrafficDrift',
  /** Secondary lost its last ready pod; its traffic went back to primary and the run begins again. */
  CapacityLost: 'CapacityLost',
  /** Every check passed; primary gets the revision. */
  PromotionStarted: 'PromotionStarted',
  /** A check of a run without traffic passed. */
  CheckPassed: 'CheckPassed',
  /** The query returned a result while the revision had traffic. */
  CheckFailed: 'CheckFailed',
  /** A provider gave no answer, which counts. */
  ProviderFailed: 'ProviderFailed',
  /** A provider gave no answer, and the policy (failWhenPrometheusFails) says to go on. */
  ProviderErrorIgnored: 'ProviderErrorIgnored',
  /** A metric had no value to judge the release by, which counts. */
  NoData: 'NoData',
  /** A metric had no value to judge the release by, and the policy says to go on. */
  NoDataIgnored: 'NoDataIgnored',
  /** There were fewer requests than a metric needs to judge the release by, which counts. */
  TooFewSamples: 'TooFewSamples',
  /** There were fewer requests than a metric needs to judge the release by, and the policy says to go on. */
  TooFewSamplesIgnored: 'TooFewSamplesIgnored',
  /** prometheusURL names an address that the operator must not ask. */
  AddressForbidden: 'AddressForbidden',
  /** Somebody who wanted to know how a run ended could not be told. It changes nothing. */
  WebhookFailed: 'WebhookFailed',
  /** A pod of secondary cannot start (its own reason is in the message). */
  PodFailed: 'PodFailed',
  /** What a workload asks for by annotation can't be done. */
  CanaryInvalid: 'CanaryInvalid',
  /** A pod was deleted, because an alert named it. */
  PodKilled: 'PodKilled',
  /** A workload was not ready by progressDeadlineSeconds. */
  ProgressDeadlineExceeded: 'ProgressDeadlineExceeded',
  /** The failed run is cleaned up; traffic is on primary. */
  RolledBack: 'RolledBack',
  /** The wanted image changed in the middle of a run. */
  CanaryCancelled: 'CanaryCancelled',
  /** The wanted revision failed before and is not tried again without `retry`. */
  RevisionRefused: 'RevisionRefused',
  /** A failed revision may be tried again, because the user asked for it. */
  RetryRequested: 'RetryRequested',
  /** The user ended a run, and its revision counts as failed. */
  Aborted: 'Aborted',
  /** The user let a step be taken without its check. */
  StepSkipped: 'StepSkipped',
  /** The user asked for a run to keep its weight. */
  Paused: 'Paused',
  /** The user asked for a paused run to go on. */
  Resumed: 'Resumed',
  /** The user lets the next revision go to primary at once. */
  BypassRequested: 'BypassRequested',
  /** The user wants the next revision to be judged after all. */
  BypassWithdrawn: 'BypassWithdrawn',
  /** What the user asked for by annotation could not be done. */
  CommandRefused: 'CommandRefused',
  /** The application is being deleted, and the workload that was there before gets its traffic back. */
  TrafficReturned: 'TrafficReturned',
  /** ConfigMaps or Secrets of the target are among what makes a new revision. */
  ConfigChanged: 'ConfigChanged',
  /** Somebody set the target's count, and that is how many pods there are now. */
  Scaled: 'Scaled',
  /** A target whose release was rolled back has its former template again. */
  TargetRestored: 'TargetRestored',
  /** Somebody sets the target's count back, again and again. */
  ReplicasContested: 'ReplicasContested',
  /** Some of the configuration is not tracked, or is not in order. */
  Partial: 'Partial',
  /** The name of a ConfigMap or Secret leaves no room for that of its copy. */
  ConfigNameTooLong: 'ConfigNameTooLong',
  /** The target does not exist. */
  TargetMissing: 'TargetMissing',
  /** The autoscaler that the spec names does not exist. */
  AutoscalerMissing: 'AutoscalerMissing',
  /** Another CanaryApp releases the same target. */
  TargetConflict: 'TargetConflict',
  /** A Service of the application's name exists, and spec.service.adopt does not allow to use it. */
  ServiceExists: 'ServiceExists',
  /** Another CanaryApp holds a host that this one wants. */
  HostConflict: 'HostConflict',
  /** Nobody follows the routes: a Gateway refused them, or none has taken them up. */
  RouteNotAccepted: 'RouteNotAccepted',
  /** An object with a name that we need belongs to somebody else. */
  ForeignObject: 'ForeignObject',
  /** The spec names an existing workload, which this version cannot release. */
  TargetUnsupported: 'TargetUnsupported',
  /** A kind that the spec names can't be read. */
  KindMissing: 'KindMissing',
  /** The Istio kinds are not installed. */
  IstioMissing: 'IstioMissing',
} as const;

export type Reason = (typeof Reason)[keyof typeof Reason];
