/** The queue between watches and workers. */
export { exponentialBackoff, type BackoffOptions, type RateLimiter } from './rate-limiter.ts';
export {
  lowPriority,
  WorkQueue,
  type AddOptions,
  type QueueMetrics,
  type Work,
  type WorkQueueOptions,
} from './work-queue.ts';
