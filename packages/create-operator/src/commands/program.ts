import { Command } from 'commander';

import { createApi, type CreateApiOptions } from './create-api.ts';
import { createWebhook, type CreateWebhookOptions } from './create-webhook.ts';
import { dev, type DevOptions } from './dev.ts';
import { init, type InitOptions } from './init.ts';
import type { Io } from './io.ts';
import { manifests, type ManifestsOptions } from './manifests.ts';

const jsonFlag = ['--json', 'answer with one line of JSON'] as const;
const forceFlag = ['--force', 'overwrite files that are there'] as const;

/** The program `reconcile`. */
export function reconcileProgram(io: Io): Command {
  const program = named('reconcile', 'Makes and runs Kubernetes operators in TypeScript.');
  initFlags(program.command('init').description('make a project in a folder, this one by default'))
    .argument('[directory]', 'where', '.')
    .action((directory: string, options: InitOptions) => init(directory, options, io));
  const create = program.command('create').description('add something to the project in this folder');
  createApiFlags(create.command('api').description('add a kind, and a controller for it')).action(
    (options: CreateApiOptions) => createApi(options, io),
  );
  createWebhookFlags(create.command('webhook').description('let API servers ask the operator about a kind')).action(
    (options: CreateWebhookOptions) => createWebhook(options, io),
  );
  program
    .command('manifests')
    .description('write what follows from the code: CRDs, roles, the manager')
    .option('--check', 'write nothing; print a diff, and fail, when something differs')
    .option('--print', 'write nothing; print all of it')
    .option(...jsonFlag)
    .action((options: ManifestsOptions) => manifests(options, io));
  devFlags(program.command('dev').description('run the operator, and have it follow each change of src/')).action(
    (args: readonly string[], options: DevOptions) => dev(args, options, io),
  );
  return program;
}

/** The program `create-operator`, which `npm create @canaryop/operator` runs: `reconcile init` by another name. */
export function createOperatorProgram(io: Io): Command {
  return initFlags(named('create-operator', 'Makes a Kubernetes operator in TypeScript.'))
    .argument('<directory>', 'where; its name is the name of the operator')
    .action((directory: string, options: InitOptions) => init(directory, options, io));
}

function named(name: string, description: string): Command {
  return new Command(name).description(description).exitOverride().showHelpAfterError();
}

function initFlags(command: Command): Command {
  return command
    .requiredOption('--domain <domain>', 'behind the group of each API, such as example.com')
    .option('--name <name>', "the operator's name (default: the folder's)")
    .option('--link <folder>', 'take the packages from tarballs in this folder, as long as no registry has them')
    .option(...forceFlag)
    .option(...jsonFlag);
}

function createApiFlags(command: Command): Command {
  return command
    .option('--group <group>', 'before the domain: demo makes demo.example.com (default: the domain alone)')
    .requiredOption('--version <version>', 'such as v1 or v1alpha1')
    .requiredOption('--kind <kind>', 'singular and UpperCamelCase, such as Greeting')
    .option('--no-controller', 'leave controller and test out')
    .option('--no-namespaced', 'objects belong to the cluster, and to no namespace')
    .option('--finalizer', 'the controller cleans up before an object goes')
    .option(...forceFlag)
    .option(...jsonFlag);
}

function createWebhookFlags(command: Command): Command {
  return command
    .requiredOption('--kind <kind>', 'one that `create api` has made')
    .option('--group <group>', 'where two groups have a kind of this name')
    .option('--validating', 'to judge what is written')
    .option('--mutating', 'to complete what is written')
    .option('--conversion', 'to convert between the version that there is and an older one')
    .option('--spoke <version>', 'the older one, such as v1beta1')
    .option(...forceFlag)
    .option(...jsonFlag);
}

function devFlags(command: Command): Command {
  return command
    .argument('[args...]', 'further arguments of src/main.ts, after --')
    .option('--simkube', 'on a cluster in this process (the default)')
    .option('--port <port>', 'where that cluster listens; 0 takes a free port', '0')
    .option('--kubeconfig [file]', 'on a cluster that is there: of this file, or of the current context')
    .option(...jsonFlag);
}
