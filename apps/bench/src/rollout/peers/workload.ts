import { appPort } from '../peer.ts';

/** The pods of an application whose workload is the user's own. */
export function podTemplate(name: string, image: string) {
  return { metadata: { labels: { app: name } }, spec: { containers: containers(image) } };
}

/** As a merge patch needs them: all of them. */
export function containers(image: string) {
  return [{ name: 'app', image, ports: [{ name: 'http', containerPort: appPort }] }];
}
