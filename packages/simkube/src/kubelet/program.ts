import type { Env } from '@canaryop/reconcile/env';

import type { Container, Pod } from '../kinds/core-v1.ts';
import type { HttpHandler } from './http-exchange.ts';
import type { Listener } from './pod-network.ts';

/** What a program in a container is given: its whole world. */
export interface ProgramContext {
  readonly env: Env;
  readonly pod: Pod;
  readonly container: Container;
  /** Arguments after the image's entry point, with `$(NAME)` expanded. */
  readonly args: readonly string[];
  /** Environment variables, references to ConfigMaps, Secrets and fields resolved. */
  readonly variables: Readonly<Record<string, string>>;
  /** Aborts on SIGTERM. The program ends when it is ready to; after the grace period it is cut off. */
  readonly signal: AbortSignal;
  /** Aborts on SIGKILL: from then on nothing that the program does is seen. */
  readonly killed: AbortSignal;
  /** A fresh token of the pod's service account; undefined when the pod mounts none or the world issues none. */
  serviceAccountToken(): string | undefined;
  /** Writes to the container's log; a text with line breaks is several lines. */
  log(text: string): void;
  /** Serves a port of the pod's address. */
  listen(port: number, handler: HttpHandler): Listener;
}

/** What an image runs. Resolves with the exit code; a rejection is exit code 1, its message the last log line. */
export type Program = (context: ProgramContext) => Promise<number>;

/** What the kubelet does with an image. */
export interface ImageBehaviour {
  /** How long a pull takes (default 300 ms; 0 for an image that is on the node). */
  readonly pullMs?: number;
  /** The pull fails with this message, each time. */
  readonly pullError?: string;
  /** The container cannot be created: reason CreateContainerConfigError with this message. */
  readonly configError?: string;
  /** Its readiness probe never succeeds, and without a probe it is not ready either. */
  readonly isNeverReady?: boolean;
  readonly program: Program;
}

/** Says how images behave whose reference matches. */
export interface ImageRule {
  readonly match: RegExp;
  readonly behaviour: ImageBehaviour | ((match: RegExpExecArray) => ImageBehaviour);
}

/** The behaviour of an image: that of the first rule that matches, else undefined. */
export function behaviourOf(rules: readonly ImageRule[], image: string): ImageBehaviour | undefined {
  for (const { match, behaviour } of rules) {
    const found = match.exec(image);
    if (found !== null) return typeof behaviour === 'function' ? behaviour(found) : behaviour;
  }
  return undefined;
}
