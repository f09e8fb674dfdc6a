export { type Graph, inline, nearest, OnnxGradError, type OnnxGradErrorCode, readModel } from 'onnx-grad';
export { type ChannelExplainer, type ChannelOptions, openChannels } from './channels/open.js';
export {
  type ChannelParts,
  channelOf,
  contributionOf,
  contributionShares,
  rankChannels,
  sumOfContributions,
  type Voice,
  voicesAt,
} from './channels/parts.js';
export { averageMap } from './clusters/average.js';
export { type ClusterOptions, clusterHeatmaps, type HeatmapCluster, type HeatmapClusters } from './clusters/clusters.js';
export { type Place, type Places, placesOf } from './clusters/where.js';
export * from './errors.js';
export type { Detection } from './explain/detections.js';
export { Explainer } from './explain/explainer.js';
export { type Exported, type ExportOptions, exportExplained } from './explain/export.js';
export { type GradientOptions, openGradient, type ValueGradient } from './explain/gradient.js';
export type { Fusion } from './explain/heatmap.js';
export { type ExplainerOptions, openExplainer } from './explain/open.js';
export type { PlanOptions } from './explain/plan.js';
export type { Explanation, ImageResult, Prediction } from './explain/result.js';
export type { Smoothing } from './explain/smoothing.js';
export { DEFAULT_CONCEPTS, type FactorizeOptions, factorize } from './factorize/factorize.js';
export type { Concept, ConceptClass, Factorization, FactorizedImage } from './factorize/result.js';
export { errorOf, type Failure, failureOf } from './failure.js';
export type { Plan } from './graph/explanation.js';
export { builtinLabels, imagenetLabelsWithBackground } from './labels/builtin.js';
export { type ChosenLabels, chooseLabels, type LabelSources } from './labels/choose.js';
export { findClass } from './labels/find.js';
export { imagenetLabels } from './labels/imagenet.js';
export { labelsFromConfig, parseLabels, parseLabelsJson } from './labels/parse.js';
export type { Axis, Part, Role } from './layers/axes.js';
export { autoLayer, autoLayers, chooseLayer, type LayerChoice, lastConvolution } from './layers/choose.js';
export { type Layer, listLayers } from './layers/layers.js';
export { type Layout, layoutText } from './layers/layout.js';
export { type LayerListing, type ListLayersOptions, layersOf } from './layers/listing.js';
export { findMethod, methods } from './methods/index.js';
export type { Choice, Chosen, DecompositionMethod, GraphMethod, Method, MethodContext, RunMethod } from './methods/method.js';
export { type Estimate, estimate } from './metrics/bootstrap.js';
export { type ChartLine, type ChartPanel, curvesChart } from './metrics/chart.js';
export { energyInside } from './metrics/energy-pointing-game.js';
export {
  type Evaluation,
  type EvaluationQuestion,
  Evaluator,
  type EvaluatorOptions,
  type Judgement,
  type Measurement,
  openEvaluator,
} from './metrics/evaluator.js';
export { findMetric, metrics } from './metrics/index.js';
export { locate, type Truth } from './metrics/judge.js';
export type { Curve, CurveMetric, Judged, Located, Metric, MetricSettings, ScalarMetric } from './metrics/metric.js';
export {
  type Depth,
  type MethodSanity,
  type RandomizationOptions,
  randomizeParameters,
  type Sanity,
  type Watched,
} from './metrics/randomization.js';
export { type Box, type Region, regionOfBoxes, regionOfMask } from './metrics/region.js';
export type { BoxForm, BoxLayout } from './model/detector.js';
export { type ImageInput, imageInput, shapeText } from './model/input.js';
export type { Activation } from './model/logits.js';
export { type Model, type ModelOptions, readClassifier } from './model/model.js';
export { type BoxScores, type ClassScores, type Embedding, type PixelScores, probabilities, type Scores } from './model/score.js';
export type { ColorBar } from './picture/color-bar.js';
export { type Colormap, type ColormapName, colormap, colormaps } from './picture/colormap.js';
export { type ConceptPicture, type ConceptWords, conceptOverlay, conceptsFigure, MAX_CONCEPT_COLORS } from './picture/concepts.js';
export { type ExplainedFigureSpec, explainedFigure } from './picture/explained.js';
export { arrangePanels, type Figure, type FigurePanel, type FigureSpec, figure } from './picture/figure.js';
export type * from './picture/image.js';
export type { LegendEntry } from './picture/legend.js';
export { colorize, DEFAULT_ALPHA, DEFAULT_COLORMAP, type OverlayOptions, overlay, overlayHeatmap } from './picture/overlay.js';
export { explainedPanels, PANEL_SIDE, panelSize, type SideRange } from './picture/panels.js';
export { type PlacedHeatmap, placeHeatmap, scalePlacement } from './picture/place.js';
export { type Rectangle, resample } from './picture/resample.js';
export { resizeMap } from './picture/resize-map.js';
export { MAX_SHEET_PICTURES, type SheetCell, type SheetRow, type SheetSpec, sheet, sheetSide } from './picture/sheet.js';
export { type FontWeight, measureText, type TextPlace, type TextStyle, textPath } from './picture/text.js';
export type { Volume } from './picture/volume.js';
export type { Interpolation } from './picture/weights.js';
export { type Preprocessed, preprocess } from './preprocess/apply.js';
export {
  choosePreprocess,
  guessPreset,
  type Preprocessing,
  type PreprocessSources,
  preprocessDefaults,
  presetFor,
  requireFit,
} from './preprocess/choose.js';
export { inTypeOf } from './preprocess/element-type.js';
export { parseHuggingFacePreprocess } from './preprocess/hugging-face.js';
export { MAX_INPUT_SIDE } from './preprocess/limits.js';
export { type PreprocessDefaults, parsePreprocess } from './preprocess/parse.js';
export { isPresetName, type PresetName, preset, presetNames } from './preprocess/presets.js';
export type * from './preprocess/schema.js';
export type { Control, RunContext, RunSettings } from './runs/context.js';
export { type Random, randomFrom } from './runs/random.js';
export type * from './runtime/runtime.js';
export { boxScore } from './targets/box.js';
export { describedTarget, type TargetDescription } from './targets/described.js';
export { chooseTarget, findTarget, targets } from './targets/index.js';
export { maskSum } from './targets/mask.js';
export { against } from './targets/probability.js';
export { similarity } from './targets/similarity.js';
export type { Choices, Said, Target, TargetContext } from './targets/target.js';
export { ZOO_COMMIT, ZOO_HOSTS, ZOO_MIRRORS, ZOO_MODELS, type ZooEntry } from './zoo/models.js';
export { zooAddresses, zooEntry, zooNames } from './zoo/zoo.js';
