import { isIPv4, isIPv6 } from 'node:net';

const uuid = (version: string, variant: string): RegExp =>
  new RegExp(`^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`, 'iu');

const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt ](?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/u;
const date = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/u;
const duration = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+) ?(?:ns|us|µs|μs|ms|s|m|h|d|w))+)$/u;
const hostname =
  /^(?=.{1,255}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\.?$/u;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;
const shortName = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/u;
const longName = /^(?=.{1,253}$)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;

const byPattern: Readonly<Record<string, RegExp>> = {
  byte: base64,
  datetime: dateTime,
  duration,
  email: /^[^\s@<>]+@[^\s@<>]+$/u,
  hexcolor: /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/u,
  hostname,
  k8sshortname: shortName,
  k8slongname: longName,
  mac: /^(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/u,
  uuid: uuid('[0-9a-f]', '[0-9a-f]'),
  uuid3: uuid('3', '[0-9a-f]'),
  uuid4: uuid('4', '[89ab]'),
  uuid5: uuid('5', '[89ab]'),
  uri: /^(?:[A-Za-z][A-Za-z0-9+.-]*:\S+|\/\S*)$/u,
};

/**
 * Whether a string has a format, as a CRD schema means it; true for formats that Kubernetes does not know and
 * ignores, and for those few that nobody uses in CRDs (isbn, creditcard, ssn, rgbcolor, bsonobjectid).
 */
export function hasFormat(format: string, text: string): boolean {
  const name = format.replaceAll('-', '');
  switch (name) {
    case 'ipv4':
      return isIPv4(text);
    case 'ipv6':
      return isIPv6(text);
    case 'cidr':
      return isCidr(text);
    case 'date':
      return isDate(text);
    default:
      return Object.hasOwn(byPattern, name) ? (byPattern[name]?.test(text) ?? true) : true;
  }
}

/** A day of the calendar; other formats with a date in them take the 31st of any month. */
function isDate(text: string): boolean {
  if (!date.test(text)) return false;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const february = isLeap ? 29 : 28;
  return day <= (month === 2 ? february : 30 + ((month + (month >> 3)) & 1));
}

function isCidr(text: string): boolean {
  const [address = '', prefix = '', ...rest] = text.split('/');
  if (rest.length > 0 || !/^\d{1,3}$/u.test(prefix)) return false;
  return (isIPv4(address) && Number(prefix) <= 32) || (isIPv6(address) && Number(prefix) <= 128);
}

const unchecked: ReadonlySet<string> = new Set([
  'bsonobjectid',
  'cidr',
  'creditcard',
  'ipv4',
  'ipv6',
  'isbn',
  'isbn10',
  'isbn13',
  'password',
  'rgbcolor',
  'ssn',
]);

/** Whether Kubernetes knows a format for a type; one that it does not know is as good as absent. */
export function isKnownFormat(type: string | undefined, format: string): boolean {
  if (type === 'integer') return format === 'int32' || format === 'int64';
  if (type === 'number') return format === 'float' || format === 'double';
  const name = format.replaceAll('-', '');
  return (type === 'string' || type === undefined) && (Object.hasOwn(byPattern, name) || unchecked.has(name));
}
