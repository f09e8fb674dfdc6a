import { GradcamError, type GradcamErrorCode } from '../errors.js';
import type { Explainer } from '../explain/explainer.js';
import { type ExplainerOptions, openExplainer } from '../explain/open.js';
import type { Explanation, Prediction } from '../explain/result.js';
import { inTypeOf } from '../preprocess/element-type.js';
import type { Control } from '../runs/context.js';
import { Network } from '../runs/network.js';
import { Series } from '../runs/series.js';
import type { Runtime, Tensor } from '../runtime/runtime.js';
import { probability } from '../targets/probability.js';
import { findMetric } from './index.js';
import { Judge, type Truth } from './judge.js';
import type { Curve, Metric, MetricSettings } from './metric.js';

export interface EvaluatorOptions extends ExplainerOptions {
  /** Names of metrics, or metrics of one's own; default: those that need neither box nor mask and few runs, average drop, increase, deletion and insertion. */
  readonly metrics?: readonly (string | Metric)[];
  /** How they measure. */
  readonly measuring?: MetricSettings;
}

/** What to judge of an image. */
export interface EvaluationQuestion {
  /** Default: the most probable class. */
  readonly class?: number;
  /** For metrics that need to know where the thing is. */
  readonly truth?: Truth;
}

/** One metric of one map. */
export interface Measurement {
  readonly metric: string;
  /** Undefined where the metric is not defined for the map. */
  readonly value: number | undefined;
  /** Why it is not. */
  readonly reason?: string;
  /** What the value is the area under. */
  readonly curve?: Curve;
}

/** One method on one image. */
export interface Judgement {
  readonly method: string;
  /** Undefined where the method refuses the image; the measurements say why. */
  readonly explanation: Explanation | undefined;
  readonly measurements: readonly Measurement[];
}

/** What is found of one image. */
export interface Evaluation {
  readonly class: Prediction;
  /** One a method. */
  readonly judgements: readonly Judgement[];
}

interface Answer {
  readonly method: string;
  readonly explanation: Explanation | undefined;
  readonly refusal?: string;
}

/** What a method says of an image that it cannot explain, though it could others. */
const REFUSALS: readonly GradcamErrorCode[] = ['not-measurable', 'no-gradient'];

/** What other models give. */
const HELD = { pixels: 'classes of pixels', boxes: 'boxes', embedding: 'an embedding' } as const;

const DEFAULT_METRICS = ['average-drop', 'increase', 'deletion', 'insertion'];

/** A model whose explanations are measured. Made by `openEvaluator`. */
export class Evaluator {
  constructor(
    readonly explainer: Explainer,
    readonly metrics: readonly Metric[],
    private readonly network: Network,
    private readonly settings: MetricSettings,
  ) {}

  /**
   * Explains an image by every method and measures each map.
   *
   * @param input one image, as the network takes it
   * @throws GradcamError `unknown-class`, `invalid-tensor`, `runtime`, `aborted`; what a metric is not defined for is said in its measurement
   */
  async evaluate(input: Tensor, question: EvaluationQuestion = {}, control: Control = {}): Promise<Evaluation> {
    const answers = await this.#explain(input, question, control);
    const first = answers.find(({ explanation }) => explanation !== undefined)?.explanation;
    if (first === undefined)
      throw new GradcamError('not-measurable', answers[0]?.refusal ?? 'expected a method to judge, but there is none');
    const judgements: Judgement[] = [];
    for (const { method, explanation, refusal } of answers) {
      const measurements: Measurement[] = [];
      const judge = explanation && (await this.#judge(input, explanation, question.truth, control));
      for (const metric of this.metrics)
        measurements.push(
          judge ? await measure(judge, metric) : { metric: metric.name, value: undefined, ...(refusal && { reason: refusal }) },
        );
      judgements.push({ method, explanation, measurements });
    }
    return { class: first.class, judgements };
  }

  async close(): Promise<void> {
    await this.network.close();
    await this.explainer.close();
  }

  /** One answer a method: an explanation, or why the method has none for this image. */
  async #explain(input: Tensor, question: EvaluationQuestion, control: Control): Promise<Answer[]> {
    const asked = question.class === undefined ? [] : [question.class];
    const explain = async (methods: readonly string[]): Promise<Answer[]> => {
      try {
        const { explanations } = await this.explainer.explainOne(input, asked, { ...control, methods });
        return explanations.map((explanation) => ({ method: explanation.method, explanation }));
      } catch (error) {
        if (!(error instanceof GradcamError) || !REFUSALS.includes(error.code)) throw error;
        const [only, ...others] = methods;
        if (only !== undefined && others.length === 0) return [{ method: only, explanation: undefined, refusal: error.message }];
        // The others have an answer, but one run gives all or none.
        const alone: Answer[] = [];
        for (const method of methods) alone.push(...(await explain([method])));
        return alone;
      }
    };
    return explain(this.explainer.explained.methods.map(({ method }) => method.name));
  }

  async #judge(input: Tensor, explanation: Explanation, truth: Truth | undefined, control: Control): Promise<Judge> {
    const { explainer, network, settings } = this;
    const { method, heatmap } = explanation;
    const { index } = explanation.class;
    const series = new Series(network, {
      method: { name: method, title: method },
      input,
      class: index,
      layer: undefined,
      settings: settings.batch === undefined ? {} : { batch: settings.batch },
      control,
    });
    const again = async (picture: Float32Array) => {
      const tensor = inTypeOf({ type: 'float32', dims: input.dims, data: picture }, explainer.model.input);
      const { explanations } = await explainer.explainOne(tensor, [index], { ...control, methods: [method] });
      return explanations[0]?.heatmap ?? heatmap;
    };
    const [score = Number.NaN] = await series.scores(1, () => undefined);
    return new Judge({ network: series, heatmap, score, truth, settings, again });
  }
}

async function measure(judge: Judge, metric: Metric): Promise<Measurement> {
  try {
    const value = await judge.of(metric);
    const curve = await judge.curveOf(metric);
    return { metric: metric.name, value, ...(curve && { curve }) };
  } catch (error) {
    if (!(error instanceof GradcamError) || !REFUSALS.includes(error.code)) throw error;
    return { metric: metric.name, value: undefined, reason: error.message };
  }
}

/**
 * Opens a model to measure how good the maps of methods are.
 *
 * @throws as `openExplainer` does; GradcamError `unknown-metric`; `unsupported-model` where the model is no classifier
 * @example
 * const evaluator = await openEvaluator(runtime, bytes, { methods: ['gradcam', 'layercam'], metrics: ['deletion', 'road'] });
 * const { judgements } = await evaluator.evaluate(tensor);
 */
export async function openEvaluator(runtime: Runtime, bytes: Uint8Array, options: EvaluatorOptions = {}): Promise<Evaluator> {
  const metrics = (options.metrics ?? DEFAULT_METRICS).map((metric) => (typeof metric === 'string' ? findMetric(metric) : metric));
  const explainer = await openExplainer(runtime, bytes, options);
  const { kind, output } = explainer.model.scores;
  if (kind !== 'classes') {
    await explainer.close();
    throw new GradcamError(
      'unsupported-model',
      `metrics measure the probability of a class, but output '${output}' of the model holds ${HELD[kind]}`,
    );
  }
  const network = new Network(runtime, explainer.model, probability, 1, options.session);
  return new Evaluator(explainer, metrics, network, options.measuring ?? {});
}
