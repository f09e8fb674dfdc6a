import type { Job } from '@gradcam/jobs';

/** A model of the service, as plain data: threads are sent it. */
export interface ServedModel {
  /** In addresses: letters, digits, and `.`, `_`, `-` between them. */
  readonly name: string;
  /** How it is opened, and what it is asked; `explainer.methods` are those that requests choose from, the first where they do not. */
  readonly job: Job;
  /** The layers that are explained. */
  readonly layers: readonly string[];
  /** Whether pictures of one run cannot change each other's answers, and are explained in one. */
  readonly batches: boolean;
}

/** Names of models. */
export const MODEL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;
