import type { RunStatus } from '../../api/v1/canaryapp.ts';
import { Reason } from '../../api/v1/reasons.ts';
import { conclude } from '../conclude.ts';
import type { Decision } from '../decision.ts';
import { primaryAlone } from '../intents.ts';
import { revisionOfRun, timeOf, withoutRun, type Pass } from '../pass.ts';
import { timestamp } from '../timestamp.ts';
import { obstacleNotices } from './blocked.ts';
import { deadlineOf } from './failing.ts';

/** The first release: nobody is served yet, so the wanted image goes straight to primary. */
export function installing(pass: Pass, recorded: RunStatus): Decision {
  const { wanted, observed, now } = pass;
  const run = recorded.revision === wanted.id ? recorded : restart(pass);
  const { primary } = observed;
  if (primary?.ready === true && primary.revision.id === wanted.id) return installed(pass, run);
  const deadline = deadlineOf(pass, timeOf(run.stageSince));
  const late = now >= deadline;
  const failure = primary?.failure;
  return conclude(pass, {
    phase: 'Installing',
    progress: late ? 'stuck' : 'working',
    reason: late ? Reason.ProgressDeadlineExceeded : failure === undefined ? Reason.Installing : Reason.PodFailed,
    message:
      failure === undefined
        ? `waiting for the first pods of ${wanted.image}`
        : `${wanted.image} does not start: ${failure.reason}: ${failure.message}`,
    changes: { run },
    intent: primaryAlone(wanted),
    ...(late ? {} : { wakeAt: deadline }),
  });
}

function installed(pass: Pass, run: RunStatus): Decision {
  const { id, image, port } = revisionOfRun(run);
  const { obstacle } = pass.observed;
  const certificate = { kind: 'installed', detail: 'the first release', time: timestamp(pass.now) } as const;
  const message = `${image} has all traffic`;
  return conclude(withoutRun(pass), {
    phase: obstacle === undefined ? 'Released' : 'Blocked',
    progress: obstacle === undefined ? 'done' : 'stuck',
    reason: obstacle?.reason ?? Reason.Installed,
    message: obstacle?.message ?? message,
    changes: { released: { revision: id, image, port, certificate }, releasedImage: image, successfulRelease: true },
    intent: primaryAlone({ id, image, port }),
    notices: [
      { type: 'Normal', reason: Reason.Installed, message: `installed ${image}` },
      ...obstacleNotices(pass, obstacle),
    ],
  });
}

function restart(pass: Pass): RunStatus {
  const { id, image, port } = pass.wanted;
  return { revision: id, image, port, stage: 'Installing', stageSince: timestamp(pass.now), step: 0 };
}
