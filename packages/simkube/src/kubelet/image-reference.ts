import { createHash } from 'node:crypto';

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const domain =
  '(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[0-9]+)?';
const reference = new RegExp(
  `^(?:${domain}/)?${component}(?:/${component})*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?$`,
);

/** Whether the text is an image reference (distribution/reference grammar). */
export function isImageReference(image: string): boolean {
  return image.length <= 512 && reference.test(image);
}

/** Where the image comes from, with a digest that stands for its content: equal text, equal image. */
export function imageId(image: string): string {
  const digest = /@(?<digest>.+)$/.exec(image)?.groups?.['digest'];
  const name = image.replace(/@.*$/, '').replace(/:[^:/]+$/, '');
  const [first = ''] = name.split('/');
  const hasDomain = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const full = hasDomain ? name : `docker.io/${name.includes('/') ? name : `library/${name}`}`;
  return `${full}@${digest ?? `sha256:${sha256(image)}`}`;
}

/** Hexadecimal SHA-256: identities made of text. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
