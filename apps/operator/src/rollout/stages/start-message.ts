/** One text while secondary is made ready, so that its turns cost no writes of the status. */
export function startMessage(image: string, releasedImage: string): string {
  return `started a secondary of ${image} beside ${releasedImage}`;
}
