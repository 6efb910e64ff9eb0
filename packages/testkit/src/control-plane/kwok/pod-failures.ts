import type { PodOutcome } from './kwok-options.ts';

/** What differs between the statuses of pods that aren't ready. */
interface Failure {
  readonly phase: 'Pending' | 'Running';
  /** Fields of each container's status, as a template in YAML. */
  readonly container: string;
}

const failures: Readonly<Record<PodOutcome, Failure>> = {
  'never-ready': {
    phase: 'Running',
    container: `
  restartCount: 0
  started: true
  state:
    running:
      startedAt: {{ $now | Quote }}`,
  },
  'crash-loop': {
    phase: 'Running',
    container: `
  restartCount: 3
  started: false
  lastState:
    terminated:
      exitCode: 1
      reason: Error
      startedAt: {{ $now | Quote }}
      finishedAt: {{ $now | Quote }}
  state:
    waiting:
      reason: CrashLoopBackOff
      message: back-off 40s restarting failed container`,
  },
  'image-pull-error': {
    phase: 'Pending',
    container: `
  restartCount: 0
  started: false
  state:
    waiting:
      reason: ImagePullBackOff
      message: {{ printf "Back-off pulling image %q" .image | Quote }}`,
  },
};

/** A template of kwok's (Go's templates, giving YAML): the status of a pod that has failed in this way. */
export function failureTemplate(outcome: PodOutcome): string {
  const { phase, container } = failures[outcome];
  return `
{{ $now := Now }}
conditions:
- {type: PodReadyToStartContainers, status: "True", lastTransitionTime: {{ $now | Quote }}}
- {type: Initialized, status: "True", lastTransitionTime: {{ $now | Quote }}}
- {type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
- {type: ContainersReady, status: "False", reason: ContainersNotReady, lastTransitionTime: {{ $now | Quote }}}
containerStatuses:
{{ range .spec.containers }}
- image: {{ .image | Quote }}
  name: {{ .name | Quote }}
  ready: false${container}
{{ end }}
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
podIP: {{ PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) | Quote }}
phase: ${phase}
startTime: {{ $now | Quote }}
`;
}
