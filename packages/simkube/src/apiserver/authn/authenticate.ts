import { StatusError } from '../status/status-error.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';
import { anonymousUser, type UserInfo } from './user-info.ts';

/** The 401 for credentials that are given and wrong. */
function unauthorized(): StatusError {
  return new StatusError({ code: 401, reason: 'Unauthorized', message: 'Unauthorized' });
}

/** Who a request's Authorization header says it is from; anonymous without one, refused with a wrong one. */
export function authenticate(authorization: string | undefined, tokens: ServiceAccountTokens): UserInfo {
  if (authorization === undefined || authorization === '') return anonymousUser;
  const token = /^bearer\s+(?<token>\S+)$/iu.exec(authorization)?.groups?.['token'];
  const user = token === undefined ? undefined : tokens.verify(token);
  if (user === undefined) throw unauthorized();
  return user;
}
