import { GraphBuilder, type Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { appendExplanation, type Plan } from '../graph/explanation.js';
import { appendHeatmap } from '../graph/heatmap.js';
import type { DecompositionMethod, RunMethod } from '../methods/method.js';
import { relearn } from '../model/learn.js';
import { type Model, readClassifier } from '../model/model.js';
import type { Runtime } from '../runtime/runtime.js';
import { choicesOf } from '../targets/index.js';
import { runsNeeded } from './one-pass.js';
import { makePlan, type PlanOptions } from './plan.js';

export interface ExportOptions extends PlanOptions {
  /** Explain this class always; default: the most probable class of each row. */
  readonly class?: number;
  /** Add a required input `class`, int64 [K], −1 for the most probable. */
  readonly classInput?: boolean;
}

/** What an export added. */
export interface Exported {
  readonly bytes: Uint8Array;
  /** Name of the heatmap's output, [images or classes, H, W] in [0, 1]: `heatmap` unless the model has a value of that name. */
  readonly heatmap: string;
  /** Name of the class input, where one was asked for. */
  readonly classInput: string | undefined;
  readonly layers: readonly string[];
  readonly method: string;
}

/**
 * A model that explains itself: the same inputs and outputs, and one output more. It runs in any ONNX Runtime, with none of
 * this code. Without a class it stays a drop-in replacement.
 *
 * @throws GradcamError `unknown-class`, `unsupported-model`
 */
export async function exportExplained(runtime: Runtime, bytes: Uint8Array, options: ExportOptions = {}): Promise<Exported> {
  const model = await readClassifier(runtime, bytes, options);
  const plan = await makePlan(runtime, model, options);
  const [method] = plan.methods;
  if (method === undefined || plan.methods.length > 1)
    throw new GradcamError('unknown-method', `expected one method to export, but got ${plan.methods.length}`);
  if (method.kind !== 'graph')
    throw new GradcamError(
      'unknown-method',
      `method '${method.name}' cannot be exported: it ${obstacle(method, model, plan)}; one pass methods can (gradcam methods lists them)`,
    );
  const { scores, input } = model;
  const index = options.class;
  const classes = choicesOf(scores, plan.target).count(scores);
  if (index !== undefined && !(Number.isInteger(index) && index >= 0 && index < classes))
    throw new GradcamError('unknown-class', `expected a class from 0 to ${classes - 1}, but got ${index}`);
  const b = new GraphBuilder(model.graph, model.facts, 'cam');
  const classInput = options.classInput ? b.input('class', 'int64', ['classes']) : undefined;
  const chosen = classInput ?? (index === undefined ? undefined : b.constant('int64', [1], [index]));
  const explained = await appendExplanation(b, model, plan, relearn(runtime, model.facts, options.session), chosen);
  const rows = classInput === undefined ? input.batch : 'explanations';
  const { of: layers = [], maps = [] } = explained.methods[0] ?? {};
  const shown = method.fromLeast ? maps.map(({ space, map }) => ({ space, map: b.sub(map, b.min(map, [1, 2])) })) : maps;
  const heat = appendHeatmap(b, shown, input, method.fusion ?? plan.fusion);
  const own = method.undefinedFor === undefined ? heat : definedOrZero(b, heat);
  // What knows no class has a row an image: the same for each class that is asked for.
  const each = () => b.unsqueeze(b.zerosLike(b.cast(explained.classes, b.typeOf(own))), [1, 2]);
  const all = classInput === undefined || method.gradient ? own : b.add(own, each());
  const heatmap = b.output('heatmap', all, [rows, input.height, input.width]);
  return { bytes: b.splice(), heatmap, classInput, layers, method: method.name };
}

/** Why no graph answers a method. */
function obstacle(method: RunMethod | DecompositionMethod, model: Model, { layers, target }: Plan): string {
  if (method.kind === 'decomposition') return 'decomposes a tensor, for which ONNX has no operator';
  const needed = method.affine && runsNeeded(model, layers, target);
  return `runs the network many times${needed === undefined ? '' : `, since ${needed}`}`;
}

/** A heatmap of zeros where the map is undefined: a file has no other way to say so. Before operator set 9 it stays NaN. */
function definedOrZero(b: GraphBuilder, heatmap: Value): Value {
  return b.opset < 9 ? heatmap : b.where(b.node('IsNaN', [heatmap], {}, 'bool'), b.scalar(0, heatmap), heatmap);
}
