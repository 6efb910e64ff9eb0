/** The first Node that can run these programs. It imports nothing, so that a Node before it can load this module. */
const oldest = { major: 22, minor: 19 } as const;

/** What is wrong with running a program on this version of Node; undefined when nothing is. */
export function nodeVersionProblem(program: string, version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > oldest.major || (major === oldest.major && minor >= oldest.minor);
  if (isEnough) return undefined;
  return `${program} needs Node ${oldest.major}.${oldest.minor} or later, and this is ${version}: install a newer one, and run it again`;
}
