export { type QueuedBatch, type QueuedBatchOptions, runQueuedBatch } from './producer/run-batch.js';
export { queueAddress, shownAddress, VARIABLE } from './queue/address.js';
export type { Standing } from './run/board.js';
export { type Gathered, gather, type QueueStatus, queueStatus, type RunStatus } from './status/status.js';
export type { OwnModels } from './worker/model.js';
export { runWorker, type Worked, type WorkerOptions } from './worker/run-worker.js';
