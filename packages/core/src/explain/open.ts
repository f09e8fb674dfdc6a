import { GraphBuilder } from 'onnx-grad';
import { appendExplanation } from '../graph/explanation.js';
import { readClassifier } from '../model/model.js';
import type { Runtime } from '../runtime/runtime.js';
import { Explainer, type OutputNames } from './explainer.js';
import { makePlan, type PlanOptions } from './plan.js';

export interface ExplainerOptions extends PlanOptions {
  /** Scale the heatmap as pytorch-grad-cam does, instead of dividing it by its maximum. */
  readonly compat?: 'pytorch-grad-cam';
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
  const model = await readClassifier(runtime, bytes, options);
  const plan = await makePlan(runtime, model, options);
  const b = new GraphBuilder(model.graph, model.facts, 'gradcam');
  const classes = b.input('class', 'int64', ['classes']);
  const explained = appendExplanation(b, model, plan, classes);
  const { target } = explained;
  const names: OutputNames = {
    classes,
    logits: b.show('gradcam/logits', readable(b, target.logits)),
    maps: explained.methods.map(({ method, maps }) => maps.map(({ map }, index) => b.output(`gradcam/${method.name}/map/${index}`, map))),
  };
  const session = await runtime.open(b.append(options.room), options.session);
  return new Explainer(model, explained, names, session, options.compat);
}
