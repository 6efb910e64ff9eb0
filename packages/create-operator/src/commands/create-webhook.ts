import { readProject } from '../files/project-state.ts';
import { readTemplate } from '../files/template-files.ts';
import { planWebhook } from '../plan/plan-webhook.ts';
import { UsageError } from '../usage-error.ts';
import { addToProject } from './add-to-project.ts';
import type { Io, OutputOptions } from './io.ts';

/** Flags of `create webhook`, in commander's form. */
export interface CreateWebhookOptions extends OutputOptions {
  readonly group?: string;
  readonly kind: string;
  readonly validating?: true;
  readonly mutating?: true;
  readonly conversion?: true;
  readonly spoke?: string;
  readonly force?: true;
}

/** Adds webhooks of a kind to the project, and brings its manifests up to date. */
export async function createWebhook(options: CreateWebhookOptions, io: Io): Promise<void> {
  const { group, kind, conversion, spoke } = options;
  if ((conversion === true) !== (spoke !== undefined)) {
    throw new UsageError('--conversion and --spoke VERSION belong together: between which versions is converted');
  }
  const plan = planWebhook(
    {
      ...(group === undefined ? {} : { group }),
      kind,
      isValidating: options.validating === true,
      isMutating: options.mutating === true,
      ...(spoke === undefined ? {} : { spoke }),
    },
    await readProject(io.cwd),
    readTemplate,
  );
  await addToProject(plan, options, io);
}
