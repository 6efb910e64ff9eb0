import { s } from '@canaryop/reconcile/crd';

const time = s.string({ format: 'date-time' });
const revisionId = s.string({ maxLength: 64 }).describe('Hash of what the pods run.');
const image = s.string({ maxLength: 512 });
const port = s.int({ minimum: 1, maximum: 65_535, format: 'int32' });
const weight = s.int({ minimum: 0, maximum: 100, format: 'int32' });
/** The longest message that a record of status holds; conditions may be longer. */
export const maxTextLength = 1024;
const text = s.string({ maxLength: maxTextLength });

const commandId = s.string({ maxLength: 64 });
/** Handled requests that status keeps beside the last one. */
export const keptCommands = 16;

const template = s.string({ maxLength: 64 }).optional().describe('Hash of the pod template of an adopted workload.');
const configs = s
  .record(s.string({ maxLength: 128 }), { maxProperties: 512 })
  .optional()
  .describe('Checksums of ConfigMaps and Secrets, by configmap/<name> and secret/<name>.');

const certificate = s
  .object({ kind: s.enum(['installed', 'passed', 'override']), detail: text, time })
  .describe('Why this revision may run on primary.');

const released = s
  .object({ revision: revisionId, image, port, certificate, template })
  .describe('What primary was last released to.');

const run = s
  .object({
    revision: revisionId,
    image,
    port,
    template,
    trackedConfigs: configs.describe('What is on trial of ConfigMaps and Secrets.'),
    stage: s.enum(['Installing', 'Starting', 'Shifting', 'Promoting', 'Restoring', 'Ending', 'Returning']),
    stageSince: time,
    startedAt: time.optional().describe('When the run began.'),
    step: weight.describe('The intended weight of secondary; trafficShift is what was read back.'),
    trafficSince: time.optional().describe('When this revision got traffic first.'),
    drainSince: time.optional().describe('When weight 0 was read back.'),
    outcome: s.enum(['Promoted', 'Failed', 'Cancelled']).optional(),
    certificate: certificate.optional(),
    paused: s.boolean().optional().describe('Whether the user asked for the weight to be kept.'),
    failedChecks: s
      .int({ minimum: 0, maximum: 1000, format: 'int32' })
      .optional()
      .describe('Checks that failed so far.'),
    iterations: s
      .int({ minimum: 0, maximum: 1000, format: 'int32' })
      .optional()
      .describe('Checks that passed without traffic.'),
    checkedAt: time.optional().describe('When the last counted check was asked; the next one is an interval later.'),
    isDirect: s.boolean().optional().describe('Primary gets the revision at once; nothing is tried beside it.'),
    previousPort: port.optional().describe('The port of the release before, while the Service still lists it.'),
  })
  .describe('The release under way.');

const failedRevision = s.object({
  isPutBack: s
    .boolean()
    .optional()
    .describe('The target has its former template again: the same change is another try.'),
  revision: revisionId,
  image,
  template,
  trackedConfigs: configs,
  reason: text,
  message: text,
  time,
});
const replicasContest = s
  .object({
    count: s.int({ minimum: 1, maximum: 1000, format: 'int32' }).describe('How often, without an hour between two.'),
    at: time.describe('When it was seen last.'),
    manager: s.string({ maxLength: 128 }).describe('The field manager that set the count last.'),
    setAt: time.describe('When that one did.'),
  })
  .optional()
  .describe("Somebody sets the target's count back.");

const decision = s.object({ time, reason: text, message: text });

/** What the operator remembers, and shows; the cluster itself is the truth for everything that it can tell. */
export const statusSchema = s
  .object({
    successfulRelease: s.boolean().optional().describe('Whether the last release succeeded.'),
    testRunning: s.boolean().default(false).describe('Whether secondary has traffic.'),
    trafficShift: weight.default(0).describe('Percentage of traffic on secondary, as read back from the routes.'),
    lastFailedTag: s.string({ maxLength: 512 }).default('').describe('The image that failed last.'),
    lastTrafficShift: time.optional().describe('When trafficShift changed last.'),
    wantedImage: s.string({ maxLength: 512 }).optional().describe('The image that is to be released, or is.'),
    releasedImage: s.string({ maxLength: 512 }).default('').describe('The image that primary was last released to.'),
    phase: s.string({ maxLength: 64 }).optional(),
    observedGeneration: s.int({ minimum: 0, format: 'int64' }).optional(),
    forUid: s.string({ maxLength: 64 }).optional().describe('The object that this status was written for.'),
    released: released.optional(),
    trackedConfigs: configs.describe(
      'What primary was released with: checksums of the ConfigMaps and Secrets that the target refers to.',
    ),
    run: run.optional(),
    failedRevisions: s
      .array(failedRevision, { maxItems: 10 })
      .optional()
      .describe('Revisions that failed since the last promotion; refused until then.'),
    decisions: s.array(decision, { maxItems: 10 }).optional().describe('The last decisions, the newest first.'),
    lastCommand: commandId.optional().describe('The id of the last handled request.'),
    earlierCommands: s
      .array(commandId, { maxItems: keptCommands })
      .optional()
      .describe('Ids of requests that were handled before that one, the newest first; none is handled again.'),
    bypass: s
      .object({ detail: text, time })
      .optional()
      .describe('The next revision goes to primary at once, as somebody asked.'),
    replicas: s
      .int({ minimum: 1, format: 'int32' })
      .optional()
      .describe('Pods of both revisions in all, with router replicas.'),
    replicasContest,
    conditions: s.conditions().optional(),
  })
  .describe('What the operator has done, and is doing; kubectl wait, Flux, Helm and Argo CD read its conditions.');
