// Each file by itself: undici's index loads fetch, caches and mocks, 13 MB of memory.
import type { Agent as Agents, buildConnector as Connectors, Dispatcher, ProxyAgent as ProxyAgents } from 'undici';
import buildConnector from 'undici/lib/core/connect.js';
import Agent from 'undici/lib/dispatcher/agent.js';

export { Agent, buildConnector };
export type { Dispatcher };
/** How connections are pooled. */
export type PoolOptions = Agents.Options;
/** How a connection is made. */
export type ConnectOptions = Connectors.BuildOptions;

/** An agent whose connections go through a proxy. It needs methods that only undici's index adds. */
export async function proxyAgent(options: ProxyAgents.Options): Promise<Dispatcher> {
  const { default: undici } = await import('undici');
  return new undici.ProxyAgent(options);
}
