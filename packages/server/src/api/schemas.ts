import { type ColormapName, colormaps, DEFAULT_ALPHA, DEFAULT_COLORMAP } from '@gradcam/core';
import { z } from 'zod';
import { MAX_CLASSES } from '../limits.js';

// One place says what is sent here and back: requests are checked by it, the OpenAPI document is written from it.

const COLORMAPS = Object.keys(colormaps) as [ColormapName, ...ColormapName[]];

/** What an answer in JSON can hold. */
export const PARTS = ['heatmap', 'maps', 'overlay'] as const;

const index = z.int().min(0);

/** What can be asked of a picture, beside the picture itself. */
const question = {
  classes: z
    .array(z.union([index, z.string().min(1)]))
    .max(MAX_CLASSES)
    .default([])
    .describe('Classes to explain, by index or label; default: the most probable.'),
  top: z.int().min(1).max(MAX_CLASSES).optional().describe('Instead of `classes`: explain the n most probable.'),
  method: z.string().min(1).optional().describe("One of the model's methods; default: its first."),
  predictions: z.int().min(0).default(5).describe('How many classes to list with their probability.'),
  include: z
    .array(z.enum(PARTS))
    .default(['heatmap'])
    .describe(
      'What an answer in JSON holds: `heatmap`, rows of numbers from 0 to 1 over the network’s input, rounded to 1/10000; `maps`, the signed maps of the layers; `overlay`, a PNG in base64.',
    ),
  alpha: z.number().min(0).max(1).default(DEFAULT_ALPHA).describe('Share of the colours in an overlay.'),
  colormap: z.enum(COLORMAPS).default(DEFAULT_COLORMAP).describe('Colours of an overlay.'),
};

export const Question = z.strictObject(question);
export type Question = z.infer<typeof Question>;

const base64 = z
  .string()
  .min(1)
  .describe(
    'A picture (JPEG, PNG, WebP, AVIF, GIF, TIFF), or a .npy tensor that is the network’s input as it stands, in base64. Never an address.',
  )
  .meta({ contentEncoding: 'base64' });

export const ExplainRequest = z.strictObject({
  image: base64,
  model: z.string().min(1).optional().describe('Name of the model; default: the first of the service.'),
  ...question,
});

/** The same as the parts of a form. */
export const ExplainForm = ExplainRequest.extend({
  image: z.string().describe('The file: a picture, or a .npy tensor.').meta({ contentMediaType: 'application/octet-stream' }),
});

/** Looked through by `tensorOf`: millions of numbers are not for a schema. */
const numbers = z
  .custom<unknown[]>(Array.isArray)
  .describe('Numbers in the shape of the network’s input without its batch: [channels][height][width], or as the model has it.')
  .meta({ type: 'array' });

/** A picture of KServe's protocol. */
export const Instance = z.union([
  z.strictObject({ b64: base64, ...question }),
  z.strictObject({ image: z.union([base64, z.strictObject({ b64: base64 })]), ...question }),
  numbers,
]);

export const InstancesRequest = z.strictObject({
  instances: z
    .array(Instance)
    .min(1)
    .describe('Pictures: `{"b64": …}`, `{"image": {"b64": …}}`, each with what else /v1/explain takes; or arrays of numbers.'),
});

const rows = z.array(z.array(z.number()));
const probability = z.number().nullable();

export const Prediction = z.object({ index, label: z.string(), probability });

export const Explanation = z.object({
  class: Prediction,
  score: z.number().nullable().describe('The score that is explained, a logit as a rule.'),
  evidence: z.boolean().describe('Whether any position speaks for the class; else the heatmap is 0 everywhere.'),
  heatmap: rows.optional(),
  maps: z.array(rows).optional(),
  overlay: z.string().optional().meta({ contentEncoding: 'base64', contentMediaType: 'image/png' }),
});

export const ExplainAnswer = z.object({
  model: z.string(),
  method: z.string(),
  layers: z.array(z.string()),
  picture: z
    .object({
      width: index,
      height: index,
      placement: z
        .object({ left: z.number(), top: z.number(), scaleX: z.number(), scaleY: z.number() })
        .describe('Where the network’s input lies on the picture, in pixels: x = left + scaleX · column, y = top + scaleY · row.'),
    })
    .optional()
    .describe('Absent for a tensor.'),
  predictions: z.array(Prediction).describe('Most probable first.'),
  explanations: z.array(Explanation),
  milliseconds: z.number(),
});
export type ExplainAnswer = z.infer<typeof ExplainAnswer>;

export const InstancesAnswer = z.object({
  predictions: z.array(z.array(probability)).describe('Of each instance the probability of every class.'),
  explanations: z.array(ExplainAnswer).describe('Of each instance.'),
});

export const PredictAnswer = InstancesAnswer.pick({ predictions: true });

export const ModelList = z.object({ models: z.array(z.string()).describe('Names; the first is asked where a request names none.') });

export const ModelStatus = z.object({
  name: z.string(),
  ready: z.boolean(),
  methods: z.array(z.string()),
  layers: z.array(z.string()),
  input: z.object({ name: z.string(), type: z.string(), shape: z.array(z.union([z.int(), z.string()])) }),
  classes: z.int(),
  labels: z.array(z.string()).describe('Empty where nobody has named them.'),
});
export type ModelStatus = z.infer<typeof ModelStatus>;

export const Health = z.object({ status: z.string() });

export const ProblemBody = z
  .object({ type: z.string(), title: z.string(), status: z.int(), detail: z.string(), code: z.string() })
  .describe('RFC 9457. `code` is stable; `detail` says what was expected, what came, and what to do.');
