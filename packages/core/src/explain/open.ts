import { GraphBuilder } from 'onnx-grad';
import { appendExplanation, type Part } from '../graph/explanation.js';
import { relearn } from '../model/learn.js';
import { readClassifier } from '../model/model.js';
import { unpacking } from '../model/unpacking.js';
import { Network } from '../runs/network.js';
import { checkSettings } from '../runs/settings.js';
import { appendFront, type Front } from '../runs/split.js';
import type { Runtime } from '../runtime/runtime.js';
import { Explainer, type ExplainerSettings, type OutputNames } from './explainer.js';
import { findMethods, makePlan, type PlanOptions } from './plan.js';
import { smoothMethods } from './smooth-methods.js';

export interface ExplainerOptions extends PlanOptions, ExplainerSettings {
  /** The model's bytes with space behind them in the same memory, so that the edit copies nothing. */
  readonly room?: Uint8Array;
}

/** Numbers in a type that JavaScript has. */
function readable(b: GraphBuilder, value: string): string {
  return b.typeOf(value) === 'float64' ? value : b.cast(value, 'float32');
}

/**
 * Opens a model so that it explains itself: reads its structure, chooses the layer, appends the gradient and the maps to its
 * bytes, and loads the result into the runtime.
 *
 * @param bytes an ONNX image classifier
 * @throws OnnxGradError, GradcamError where the model cannot be read, has no such layer, or cannot be differentiated
 * @example
 * const explainer = await openExplainer(runtime, bytes);
 * const [result] = await explainer.explain(tensor);
 */
export async function openExplainer(runtime: Runtime, bytes: Uint8Array, options: ExplainerOptions = {}): Promise<Explainer> {
  checkSettings(options);
  const model = await readClassifier(runtime, bytes, options);
  const methods = smoothMethods(findMethods(options.methods), options.smooth ?? []);
  const plan = await makePlan(runtime, model, { ...options, methods });
  const b = new GraphBuilder(model.graph, model.facts, 'gradcam');
  const classes = b.input('class', 'int64', ['classes']);
  const explained = await appendExplanation(b, model, plan, relearn(runtime, model.facts, options.session), classes);
  const named = (method: string, part: Part, index: number): Part => {
    const name = (value: string, what: string) => b.output(`gradcam/${method}/${what}/${index}`, readable(b, value));
    if ('map' in part) return { map: name(part.map, 'map') };
    return { matrix: name(part.matrix, 'matrix') };
  };
  const network = new Network(runtime, model, plan.target, plan.sign, options.session);
  const fronts = new Map<string, Front>();
  if (plan.methods.some(({ kind, of }) => kind === 'runs' && of === 'layer'))
    for (const layer of plan.layers) fronts.set(layer.name, appendFront(b, await network.split(layer)));
  const names: OutputNames = {
    classes,
    fronts,
    ranking: b.show('gradcam/ranking', readable(b, explained.ranking)),
    boxes: model.scores.kind === 'boxes' ? b.show('gradcam/boxes', readable(b, model.scores.logits)) : undefined,
    score: explained.score && b.output('gradcam/score', readable(b, explained.score)),
    parts: explained.methods.map(({ method, parts }) => parts.map((part, index) => named(method.name, part, index))),
  };
  const session = await runtime.open(b.append(options.room), unpacking(model.graph, options.session));
  return new Explainer(model, plan, explained, names, session, network, options);
}
