import type { ServiceAccountTokens } from '../authn/service-account-tokens.ts';
import type { UserInfo } from '../authn/user-info.ts';
import { objectAt, stringAt, withFields, type ApiObject } from '../object/api-object.ts';
import type { Authorizer } from '../rbac/authorizer.ts';
import { answerAccess, answerRules, reviewedUser } from './access-reviews.ts';

/** What reviews are answered from. */
export interface ReviewContext {
  readonly user: UserInfo;
  readonly authorizer: Authorizer;
  readonly tokens: ServiceAccountTokens;
}

const userFields = (user: UserInfo): object => ({
  username: user.username,
  ...(user.uid === undefined ? {} : { uid: user.uid }),
  groups: user.groups,
  ...(user.extra === undefined ? {} : { extra: user.extra }),
});

function tokenReview(review: ApiObject, tokens: ServiceAccountTokens): ApiObject {
  const user = tokens.verify(stringAt(review, 'spec', 'token') ?? '');
  const status =
    user === undefined
      ? { authenticated: false, error: 'the token is not valid' }
      : {
          authenticated: true,
          user: userFields(user),
          audiences: review['spec'] === undefined ? [] : objectAt(review, 'spec')['audiences'],
        };
  return withFields(review, { status });
}

const answers: Readonly<Record<string, (review: ApiObject, context: ReviewContext) => ApiObject>> = {
  TokenReview: (review, { tokens }) => tokenReview(review, tokens),
  SelfSubjectReview: (review, { user }) => withFields(review, { status: { userInfo: userFields(user) } }),
  SelfSubjectAccessReview: (review, { user, authorizer }) => answerAccess(review, user, authorizer),
  SubjectAccessReview: (review, { authorizer }) =>
    answerAccess(review, reviewedUser(objectAt(review, 'spec')), authorizer),
  LocalSubjectAccessReview: (review, { authorizer }) =>
    answerAccess(review, reviewedUser(objectAt(review, 'spec')), authorizer),
  SelfSubjectRulesReview: (review, { user, authorizer }) => answerRules(review, user, authorizer),
};

/** Answers a review, which is never stored; undefined for a kind that is none. */
export function answerReview(review: ApiObject, context: ReviewContext): ApiObject | undefined {
  return Object.hasOwn(answers, review.kind) ? answers[review.kind]?.(review, context) : undefined;
}
