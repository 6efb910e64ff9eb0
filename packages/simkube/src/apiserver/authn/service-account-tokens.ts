import { createHmac, timingSafeEqual } from 'node:crypto';

import { formatTime, uuid, type Env } from '@canaryop/reconcile/env';

import { isJsonObject, numberAt, stringAt, type JsonObject } from '../object/api-object.ts';
import { keyOfNames, type ResourceStore } from '../storage/resource-store.ts';
import { serviceAccountOf, serviceAccountUser, type UserInfo } from './user-info.ts';

/** What `iss` says, and the default audience. */
export const issuer = 'https://kubernetes.default.svc.cluster.local';

/** Issues and checks ServiceAccount tokens: JWTs signed with a key that only this server has. */
export class ServiceAccountTokens {
  readonly #env: Env;
  readonly #accounts: ResourceStore;
  readonly #key: string;

  constructor(env: Env, accounts: ResourceStore) {
    this.#env = env;
    this.#accounts = accounts;
    this.#key = uuid(env.random) + uuid(env.random);
  }

  /** A token for an existing account. */
  issue(account: {
    readonly namespace: string;
    readonly name: string;
    readonly uid: string;
    readonly expirationSeconds: number;
    readonly audiences: readonly string[];
  }): string {
    const now = Math.floor(this.#env.clock.now() / 1000);
    return this.#signed({
      aud: account.audiences,
      exp: now + account.expirationSeconds,
      iat: now,
      iss: issuer,
      jti: uuid(this.#env.random),
      'kubernetes.io': {
        namespace: account.namespace,
        serviceaccount: { name: account.name, uid: account.uid },
      },
      nbf: now,
      sub: `system:serviceaccount:${account.namespace}:${account.name}`,
    });
  }

  /** A token for an account by name. Throws when it does not exist. */
  issueTo(namespace: string, name: string, expirationSeconds: number): string {
    const uid = this.#accounts.get(keyOfNames(namespace, name))?.metadata.uid;
    if (uid === undefined) throw new Error(`there is no ServiceAccount ${namespace}/${name} to issue a token for`);
    return this.issue({ namespace, name, uid, expirationSeconds, audiences: [issuer] });
  }

  /** The account's user; undefined when the token is not ours, has run out, or its account is gone. */
  verify(token: string): UserInfo | undefined {
    const claims = this.#claims(token);
    const account = serviceAccountOf(stringAt(claims, 'sub') ?? '');
    if (claims === undefined || account === undefined) return undefined;
    if ((numberAt(claims, 'exp') ?? 0) * 1000 <= this.#env.clock.now()) return undefined;
    const uid = stringAt(claims, 'kubernetes.io', 'serviceaccount', 'uid');
    const stored = this.#accounts.get(keyOfNames(account.namespace, account.name));
    return stored === undefined || stored.metadata.uid !== uid
      ? undefined
      : serviceAccountUser(account.namespace, account.name, uid);
  }

  /** The present, or `inSeconds` from now, as the API writes times. */
  now(inSeconds = 0): string {
    return formatTime(this.#env.clock.now() + inSeconds * 1000);
  }

  #signed(claims: JsonObject): string {
    const encode = (value: JsonObject): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const head = `${encode({ alg: 'HS256', kid: 'simkube' })}.${encode(claims)}`;
    return `${head}.${this.#signature(head)}`;
  }

  #signature(head: string): string {
    return createHmac('sha256', this.#key).update(head).digest('base64url');
  }

  #claims(token: string): JsonObject | undefined {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const expected = Buffer.from(this.#signature(`${header}.${payload}`));
    const given = Buffer.from(signature);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    return isJsonObject(claims) ? claims : undefined;
  }
}
