import { basename } from 'node:path';
import { DEFAULT_ALPHA, DEFAULT_COLORMAP } from '@gradcam/core';
import type { Job } from '@gradcam/jobs';
import { MODEL_NAME, type ServedModel } from '@gradcam/server';
import { UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { networkOf } from '../explain/network.js';
import { type Setup, setUp } from '../explain/setup.js';
import type { ServeFlags } from './command.js';

/** A model as the options name it; undefined: the bundled one. */
interface Asked {
  readonly name: string | undefined;
  readonly model: string | undefined;
}

/** Threads inside one operator: with a network on each core, more would stand in each other's way. */
const THREADS = 1;

/** Opens each model once, so that what is wrong shows before anything listens. */
export async function findServed(flags: ServeFlags, io: Io): Promise<ServedModel[]> {
  const asked: readonly Asked[] = flags.model.length === 0 ? [{ name: undefined, model: undefined }] : flags.model.map(askedOf);
  if (asked.length > 1 && flags.labels !== undefined)
    throw new UsageError('--labels are those of one model, but there are several; put them into the models, or beside them as config.json');
  const served: ServedModel[] = [];
  for (const one of asked) {
    const model = await servedOf(one, flags, io);
    if (served.some(({ name }) => name === model.name))
      throw new UsageError(`two models are called '${model.name}'; give them names: --model NAME=${model.job.model.name}`);
    served.push(model);
  }
  return served;
}

/** `NAME=MODEL`, or the model alone. */
function askedOf(text: string): Asked {
  const equals = text.indexOf('=');
  const name = text.slice(0, Math.max(equals, 0));
  return MODEL_NAME.test(name) ? { name, model: text.slice(equals + 1) } : { name: undefined, model: text };
}

async function servedOf({ name, model }: Asked, flags: ServeFlags, io: Io): Promise<ServedModel> {
  const { threads = THREADS } = flags;
  const { model: _, ...rest } = flags;
  const setup = await setUp({ ...rest, threads, class: [], smooth: [], ...(model !== undefined && { model }) }, true, io);
  try {
    const named = name ?? basename(setup.loaded.name).replace(/\.[^.]*$/, '');
    if (!MODEL_NAME.test(named))
      throw new UsageError(`'${named}' cannot be part of an address; give the model another name: --model NAME=${setup.loaded.name}`);
    return { name: named, job: jobOf(setup, { ...rest, threads }), layers: setup.layers, batches: batches(setup) };
  } finally {
    await setup.explainer.close();
  }
}

function jobOf(setup: Setup, flags: Omit<ServeFlags, 'model'> & { readonly threads: number }): Job {
  return {
    ...networkOf(setup, flags),
    // What requests say for themselves.
    classes: [],
    top: 1,
    truth: false,
    look: { alpha: DEFAULT_ALPHA, colormap: DEFAULT_COLORMAP, ...(flags.compat && { compat: flags.compat }) },
    maps: 'none',
  };
}

/** Operators whose numbers for one picture depend on the others of its run: the scale is found over all of them. */
const SCALED_TOGETHER: ReadonlySet<string> = new Set(['DynamicQuantizeLinear', 'DynamicQuantizeMatMul', 'DynamicQuantizeLSTM']);

/** Whether pictures can share a run without changing each other's answers, and gain by it: methods of many runs fill these by themselves. */
function batches({ explainer }: Setup): boolean {
  const { input, graph } = explainer.model;
  const { methods, sharesRows } = explainer.explained;
  return (
    typeof input.batch !== 'number' &&
    sharesRows &&
    methods.every(({ method }) => method.kind !== 'runs') &&
    graph.nodes.every(({ opType }) => !SCALED_TOGETHER.has(opType))
  );
}
