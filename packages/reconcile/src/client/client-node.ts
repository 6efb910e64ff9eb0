// By name, so that a bundle takes this of it and not the types of all kinds. Import it only when it is needed: 88 MB.
export { KubeConfig } from '@kubernetes/client-node';
