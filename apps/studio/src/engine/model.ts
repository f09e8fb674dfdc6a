import { GradcamError, inline, type Model, type Runtime, readClassifier, readModel, type SessionOptions } from '@gradcam/core';
import { findLabels } from './labels.js';
import { findPreprocessing } from './preprocessing.js';
import type { ModelFacts, ModelSource } from './protocol.js';

/** A model that was read, with all that must be known to ask it. */
export interface OpenModel {
  readonly source: Omit<ModelSource, 'model' | 'external'>;
  readonly facts: ModelFacts;
  readonly model: Model;
  readonly bytes: Uint8Array;
  readonly session: SessionOptions;
}

/** Reads a model: what it takes, what it gives, and how its pictures are prepared. @throws GradcamError, OnnxGradError */
export async function readSource(starting: Promise<Runtime>, given: ModelSource, id: number): Promise<OpenModel> {
  const { model: file, external, ...source } = given;
  // The file comes while WebAssembly is still on its way.
  const [runtime, bytes] = await Promise.all([starting, typeof file === 'string' ? fetched(file, source.name) : file]);
  const session = weights(bytes, given);
  const model = await readClassifier(runtime, bytes, { session });
  return { source, facts: await factsOf({ model, bytes }, source, id), model, bytes, session };
}

/** What the page is told of a model. @throws GradcamError `invalid-labels`, `invalid-preprocess` */
export async function factsOf(
  { model, bytes }: Pick<OpenModel, 'model' | 'bytes'>,
  source: OpenModel['source'],
  id: number,
): Promise<ModelFacts> {
  const { scores, input, graph } = model;
  const { classes, kind } = scores;
  const labels = kind === 'embedding' ? { names: [], notes: [] } : await findLabels(source, graph.metadata, classes);
  const preprocessing = findPreprocessing(source, graph.metadata, input, scores);
  return {
    id,
    name: source.name,
    bytes: bytes.length,
    kind,
    classes,
    labels: labels.names,
    preprocess: preprocessing.spec,
    input: { type: input.type, channels: input.channels },
    notes: [...labels.notes, ...preprocessing.notes],
  };
}

async function fetched(url: string, name: string): Promise<Uint8Array> {
  try {
    const response = await fetch(url);
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new Error(`the server answered ${response.status}`);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new GradcamError('network', `the model '${name}' could not be loaded (${why}); check the connection and try again`, {
      cause: error,
    });
  }
}

/** Weights in files of their own, which must have been given along with the model. */
function weights(bytes: Uint8Array, { name, external }: ModelSource): SessionOptions {
  const locations = new Set<string>();
  for (const { external: outside } of inline(readModel(bytes)).initializers.values())
    if (outside !== undefined) locations.add(outside.location);
  if (locations.size === 0) return {};
  const externalData = new Map<string, Uint8Array>();
  for (const location of locations) {
    const data = external?.get(baseName(location));
    if (data === undefined) {
      const files = [...locations].map((one) => `'${baseName(one)}'`).join(', ');
      throw new GradcamError(
        'not-found',
        `'${name}' keeps its weights in ${files}: choose or drop both together, the .onnx file and its data`,
      );
    }
    externalData.set(location, data);
  }
  return { externalData };
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
