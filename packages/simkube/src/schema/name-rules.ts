const label = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/u;
const subdomain = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/u;
const dns1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/u;
const qualified = /^(?:[A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/u;
const environmentName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/u;

const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const dns1035Text =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const labelValueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const qualifiedText =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/** What is wrong with a name, in kube-apiserver's words; empty when nothing is. */
export type NameProblems = readonly string[];

function tooLong(text: string, maximum: number): NameProblems {
  return text.length > maximum ? [`must be no more than ${maximum} bytes`] : [];
}

/** A DNS label (RFC 1123), for instance a container's name. */
export function labelNameProblems(name: string): NameProblems {
  return [...tooLong(name, 63), ...(label.test(name) ? [] : [labelText])];
}

/** A DNS subdomain (RFC 1123): most objects' names. */
export function subdomainProblems(name: string): NameProblems {
  return [...tooLong(name, 253), ...(subdomain.test(name) ? [] : [subdomainText])];
}

/** A DNS label that starts with a letter (RFC 1035): a Service's name. */
export function dns1035Problems(name: string): NameProblems {
  return [...tooLong(name, 63), ...(dns1035.test(name) ? [] : [dns1035Text])];
}

/** The value of a label. */
export function labelValueProblems(value: string): NameProblems {
  if (value === '') return [];
  return [...tooLong(value, 63), ...(qualified.test(value) ? [] : [labelValueText])];
}

/** The key of a label or annotation, with or without a prefix. */
export function qualifiedNameProblems(key: string): NameProblems {
  const slash = key.indexOf('/');
  const name = key.slice(slash + 1);
  const prefix = slash === -1 ? undefined : key.slice(0, slash);
  const problems = prefix === undefined ? [] : subdomainProblems(prefix).map((text) => `prefix part ${text}`);
  if (name === '') return [...problems, 'name part must be non-empty'];
  if (name.length > 63) return [...problems, 'name part must be no more than 63 bytes'];
  return qualified.test(name) ? problems : [...problems, qualifiedText];
}

/** The name of an environment variable: anything printable but `=` (KEP-4369). */
export function environmentNameProblems(name: string): NameProblems {
  if (environmentName.test(name)) return [];
  if (name.includes('=')) return ["environment variable name must not contain '='"];
  return /^[ -~]+$/u.test(name)
    ? []
    : ["environment variable name must consist only of printable ASCII characters other than '='"];
}

/** The name of a port: at most 15 characters, with a letter. */
export function portNameProblems(name: string): NameProblems {
  const problems: string[] = [];
  if (name.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/u.test(name))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/u.test(name)) problems.push('must contain at least one letter (a-z)');
  if (name.includes('--')) problems.push('must not contain consecutive hyphens');
  if (name.startsWith('-') || name.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}
