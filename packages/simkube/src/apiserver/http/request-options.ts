import {
  forbiddenValue,
  invalidValue,
  requiredValue,
  tooLong,
  unsupportedValue,
  type FieldError,
} from '../../schema/field-error.ts';
import { isJsonObject, numberAt, stringAt } from '../object/api-object.ts';
import type { DeleteOptions } from '../handlers/delete.ts';
import type { ListQuery } from '../handlers/list.ts';
import type { WriteOptions } from '../handlers/write-options.ts';
import { invalidOption, invalidOptions } from '../status/refusals.ts';
import type { ApiRequest } from './api-request.ts';
import type { RequestInfo } from './request-info.ts';

function text(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name);
  return value === null || value === '' ? undefined : value;
}

/** The options object of a write, as error texts name it. */
function optionsKind({ method }: ApiRequest): string {
  const kinds = new Map([
    ['POST', 'CreateOptions'],
    ['PUT', 'UpdateOptions'],
    ['PATCH', 'PatchOptions'],
  ]);
  return kinds.get(method) ?? 'DeleteOptions';
}

function isDryRun(request: ApiRequest, values: readonly string[]): boolean {
  if (values.some((value) => value !== 'All')) {
    throw invalidOption(optionsKind(request), unsupportedValue('dryRun', [...values], ['All']));
  }
  return values.length > 0;
}

/** The field manager: as asked for, or the program in the User-Agent. */
function managerOf(request: ApiRequest): string {
  const program = (request.headers['user-agent'] ?? '').split('/')[0] ?? '';
  return text(request.query, 'fieldManager') ?? (program === '' ? 'unknown' : program);
}

const maxManagerLength = 128;
const validations = ['', 'Ignore', 'Strict', 'Warn'] as const;

/** All that is wrong with the options of a write at once, as apimachinery's validation finds it. */
function optionErrors(request: ApiRequest): readonly FieldError[] {
  const { query } = request;
  const isApply = (request.headers['content-type'] ?? '').includes('apply-patch');
  const manager = text(query, 'fieldManager') ?? '';
  const validation = text(query, 'fieldValidation') ?? '';
  const errors: FieldError[] = [];
  if (isApply && manager === '') errors.push(requiredValue('fieldManager', 'is required for apply patch'));
  if (request.method === 'PATCH' && !isApply && query.has('force')) {
    errors.push(forbiddenValue('force', 'may not be specified for non-apply patch'));
  }
  if (manager.length > maxManagerLength) errors.push(tooLong('fieldManager', maxManagerLength));
  const dryRun = dryRunOf(request);
  if (dryRun.some((value) => value !== 'All')) errors.push(unsupportedValue('dryRun', [...dryRun], ['All']));
  if (!validations.some((known) => known === validation)) {
    errors.push(unsupportedValue('fieldValidation', validation, validations));
  }
  return errors;
}

const dryRunOf = ({ query }: ApiRequest): readonly string[] => query.getAll('dryRun').filter((value) => value !== '');

/** How a write is to be done. */
export function writeOptions(request: ApiRequest, warn: (message: string) => void): WriteOptions {
  const errors = optionErrors(request);
  if (errors.length > 0) throw invalidOptions(optionsKind(request), errors);
  const asked = text(request.query, 'fieldValidation');
  return {
    manager: managerOf(request),
    dryRun: dryRunOf(request).length > 0,
    fieldValidation: asked === 'Strict' || asked === 'Ignore' ? asked : 'Warn',
    warn,
  };
}

const propagations = ['Background', 'Foreground', 'Orphan'] as const;

/** How a deletion is to be done: from the body, and from the query where the body says nothing. */
export function deleteOptions(request: ApiRequest, body: unknown): DeleteOptions {
  const options = isJsonObject(body) ? body : {};
  const policy = stringAt(options, 'propagationPolicy') ?? text(request.query, 'propagationPolicy');
  if (policy !== undefined) checkPropagation(policy, options['orphanDependents']);
  const propagation = propagations.find((each) => each === policy);
  const grace = numberAt(options, 'gracePeriodSeconds') ?? numericText(text(request.query, 'gracePeriodSeconds'));
  const uid = stringAt(options, 'preconditions', 'uid');
  const resourceVersion = stringAt(options, 'preconditions', 'resourceVersion');
  const dryRun = Array.isArray(options['dryRun']) ? options['dryRun'].map(String) : [];
  return {
    ...(propagation === undefined ? orphanDependents(options['orphanDependents']) : { propagation }),
    ...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    dryRun: isDryRun(request, [...dryRun, ...request.query.getAll('dryRun').filter((value) => value !== '')]),
  };
}

function checkPropagation(policy: string, orphan: unknown): void {
  if (!propagations.some((each) => each === policy)) {
    throw invalidOption('DeleteOptions', unsupportedValue('propagationPolicy', policy, [...propagations, 'nil']));
  }
  if (typeof orphan === 'boolean') {
    const rule = 'orphanDependents and deletionPropagation cannot be both set';
    throw invalidOption('DeleteOptions', invalidValue('propagationPolicy', policy, rule));
  }
}

/** The field that propagationPolicy replaced. */
function orphanDependents(value: unknown): Pick<DeleteOptions, 'propagation'> {
  if (typeof value !== 'boolean') return {};
  return { propagation: value ? 'Orphan' : 'Background' };
}

function numericText(value: string | undefined): number | undefined {
  return value !== undefined && /^-?\d+$/u.test(value) ? Number(value) : undefined;
}

/** What a list or watch asks for. A name in the URL is a selector by name. */
export function listQuery(request: ApiRequest, info: RequestInfo): ListQuery {
  const { query } = request;
  const byName = info.name === '' ? undefined : `metadata.name=${info.name}`;
  const fields = [text(query, 'fieldSelector'), byName].filter((each) => each !== undefined).join(',');
  return {
    namespace: info.namespace,
    labelSelector: text(query, 'labelSelector'),
    fieldSelector: fields === '' ? undefined : fields,
    limit: numericText(text(query, 'limit')),
    continue: text(query, 'continue'),
    resourceVersion: text(query, 'resourceVersion'),
    resourceVersionMatch: text(query, 'resourceVersionMatch'),
  };
}

/** A boolean parameter, as Go's strconv reads it. */
export function flag(query: URLSearchParams, name: string): boolean | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  return value === 'true' || value === '1';
}

/** A whole number parameter. */
export function number(query: URLSearchParams, name: string): number | undefined {
  return numericText(text(query, name));
}
