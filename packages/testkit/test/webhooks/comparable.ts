const uid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gu;
const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/gu;

/** What each server chooses for itself. */
const chosen = new Set(['resourceVersion', 'time', 'userInfo', 'caBundle']);

/** A value without what differs from one server, and one run, to the next. */
export function comparable(value: unknown, port: number): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, each: unknown) => (chosen.has(key) ? undefined : each))
      .replaceAll(uid, '<uid>')
      .replaceAll(time, '<time>')
      // Go names the struct, and guesses at why a certificate is not trusted.
      .replaceAll('ConfigMap.data of type', 'data of type')
      .replaceAll(/ \(possibly because of [^)]*\)/gu, '')
      .replaceAll(`:${port}`, ':<port>')
      .replaceAll(/"label-[a-z0-9]{5}"/gu, '"label-<end>"'),
  ) as unknown;
}
