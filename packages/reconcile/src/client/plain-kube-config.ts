import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

import { isJsonObject, ownValue, type JsonObject } from '../object/json.ts';
import type { KubeConfigOptions } from './kube-config.ts';
import type { Identity } from './renewable-connection.ts';

/** A context of a kubeconfig that asks for nothing but files and headers. */
export interface PlainConfig {
  readonly server: string;
  readonly namespace: string;
  readonly identity: Identity;
}

/** What is understood here. A field that is not in these lists, such as `exec`, is a matter for client-node. */
const clusterFields: ReadonlySet<string> = new Set([
  'server',
  'certificate-authority',
  'certificate-authority-data',
  'tls-server-name',
  'insecure-skip-tls-verify',
]);
const userFields: ReadonlySet<string> = new Set([
  'client-certificate',
  'client-certificate-data',
  'client-key',
  'client-key-data',
  'token',
  'tokenFile',
  'username',
  'password',
  'as',
]);

/**
 * Reads a kubeconfig context of one file with certificates, tokens or a password, as kind, k3s and envtest write it:
 * without client-node, which costs 88 MB and most of a second. Undefined for everything else: several files, plug-ins, a
 * proxy, a context that is incomplete. Rejects when a file that the context names cannot be read.
 */
export async function readPlainConfig(options: KubeConfigOptions): Promise<PlainConfig | undefined> {
  const path = options.path ?? onlyFile();
  const config = path === undefined ? undefined : await readYaml(path);
  const parts = config && partsOf(config, options.context);
  if (path === undefined || parts === undefined) return undefined;
  const { context, cluster, user, server } = parts;
  return {
    server: server.replace(/\/+$/, ''),
    namespace: textAt(context, 'namespace') ?? 'default',
    identity: await identityOf({ cluster, user, folder: dirname(path) }),
  };
}

async function readYaml(path: string): Promise<JsonObject | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // Loaded here, because a process in a pod has no such file.
  const { default: yaml } = await import('yaml');
  const config: unknown = yaml.parse(text);
  return isJsonObject(config) ? config : undefined;
}

/** What a context leads to; undefined when something is missing, or more than is understood here. */
function partsOf(config: JsonObject, wanted: string | undefined) {
  const context = named(config, 'contexts', wanted ?? ownValue(config, 'current-context'), 'context');
  const cluster = context && named(config, 'clusters', ownValue(context, 'cluster'), 'cluster');
  const user = context && named(config, 'users', ownValue(context, 'user'), 'user');
  const server = cluster && textAt(cluster, 'server');
  if (context === undefined || cluster === undefined || user === undefined || server === undefined) return undefined;
  const isPlain = hasOnly(cluster, clusterFields) && hasOnly(user, userFields);
  return isPlain ? { context, cluster, user, server } : undefined;
}

function onlyFile(): string | undefined {
  const files = (process.env['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '');
  return files.length > 1 ? undefined : (files[0] ?? join(homedir(), '.kube/config'));
}

/** `inner` of the entry with a name: kubeconfigs are lists of `{ name, cluster: {...} }`. */
function named(config: JsonObject, list: string, name: unknown, inner: string): JsonObject | undefined {
  const entries = ownValue(config, list);
  if (typeof name !== 'string' || !Array.isArray(entries)) return undefined;
  const entry: unknown = entries.find((each: unknown) => isJsonObject(each) && ownValue(each, 'name') === name);
  const value = isJsonObject(entry) ? ownValue(entry, inner) : undefined;
  return isJsonObject(value) ? value : undefined;
}

function hasOnly(object: JsonObject, fields: ReadonlySet<string>): boolean {
  return Object.keys(object).every((key) => fields.has(key));
}

interface Parts {
  readonly cluster: JsonObject;
  readonly user: JsonObject;
  /** Relative paths are relative to the file that names them. */
  readonly folder: string;
}

async function identityOf({ cluster, user, folder }: Parts): Promise<Identity> {
  const pem = (from: JsonObject, field: string): Promise<string | undefined> => dataOrFile(from, field, folder);
  const [ca, cert, key, authorization] = await Promise.all([
    pem(cluster, 'certificate-authority'),
    pem(user, 'client-certificate'),
    pem(user, 'client-key'),
    authorizationOf(user, folder),
  ]);
  const as = textAt(user, 'as');
  return {
    headers: {
      ...(authorization === undefined ? {} : { authorization }),
      ...(as === undefined ? {} : { 'impersonate-user': as }),
    },
    tls: {
      ca,
      cert,
      key,
      serverName: textAt(cluster, 'tls-server-name'),
      insecureSkipVerify: ownValue(cluster, 'insecure-skip-tls-verify') === true,
    },
  };
}

/** What is in the config itself wins over a file, and a token file over a token, as in kubectl. */
async function authorizationOf(user: JsonObject, folder: string): Promise<string | undefined> {
  const file = textAt(user, 'tokenFile');
  const token = file === undefined ? textAt(user, 'token') : (await readFile(resolve(folder, file), 'utf8')).trim();
  if (token !== undefined) return `Bearer ${token}`;
  const name = textAt(user, 'username');
  if (name === undefined) return undefined;
  return `Basic ${Buffer.from(`${name}:${textAt(user, 'password') ?? ''}`, 'utf8').toString('base64')}`;
}

async function dataOrFile(from: JsonObject, field: string, folder: string): Promise<string | undefined> {
  const data = textAt(from, `${field}-data`);
  if (data !== undefined) return Buffer.from(data, 'base64').toString('utf8');
  const file = textAt(from, field);
  return file === undefined ? undefined : readFile(resolve(folder, file), 'utf8');
}

function textAt(object: JsonObject, field: string): string | undefined {
  const value = ownValue(object, field);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
