import { GradcamError } from '@gradcam/core';
import type { Job, KeyedItem } from '@gradcam/jobs';
import { z } from 'zod';

/** What was asked for, once for all chunks of a run. */
export interface Run {
  readonly job: Job;
  /** Of the model and its files of weights. */
  readonly sha256: string;
  /** Where results go: an absolute path, or s3://BUCKET/PREFIX. */
  readonly folder: string;
  /** The folder that relative paths of pictures begin at. */
  readonly base: string;
}

/** A part of a run, as it lies in the queue. */
export interface ChunkData {
  readonly run: string;
  readonly chunk: string;
  readonly items: readonly KeyedItem[];
  /** Tries of single pictures by workers that died of it, by the pictures' keys. */
  readonly tries?: Readonly<Record<string, number>>;
  /** Pictures whose row has an error are done again. */
  readonly retry?: true;
  /** Of the trace that the chunk belongs to. */
  readonly trace?: Readonly<Record<string, string>>;
}

/** Whoever can write to Redis can write anything there: nothing else than this is taken from it. */
const MAX_ITEMS = 10_000;
const MAX_BOXES = 10_000;
const MAX_NUMBERS = 10_000_000;

const path = z
  .string()
  .min(1)
  .max(4096)
  .refine((value) => !value.includes('\0'));
const text = z.string().max(10_000);
const finite = z.number();
const whole = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{16,64}$/);
const plain = z.json();

const item = z.strictObject({
  image: path,
  place: path,
  truth: text.optional(),
  boxes: z.array(z.tuple([finite, finite, finite, finite])).max(MAX_BOXES),
  mask: z.strictObject({ path, value: finite.optional() }).optional(),
  key: z.string().regex(/^[0-9a-f]{24}$/),
});

const chunk = z.strictObject({
  run: hash,
  chunk: hash,
  items: z.array(item).min(1).max(MAX_ITEMS),
  tries: z.record(hash, whole).optional(),
  retry: z.literal(true).optional(),
  trace: z.record(z.string().max(100), text).optional(),
});

const dimension = z.union([whole, text]);
const numbers = z.array(finite).max(MAX_NUMBERS);

const job = z.strictObject({
  model: z.strictObject({ name: text, path, external: z.array(path).max(MAX_ITEMS) }),
  runtime: z.strictObject({ device: text.optional(), threads: whole.optional() }),
  session: z.strictObject({ threads: whole.optional(), optimization: text.optional() }),
  // Core checks these by name and range.
  explainer: z.looseObject({ methods: z.array(text).length(1) }).catchall(plain),
  target: z
    .union([
      text,
      z.strictObject({ against: whole }),
      z.strictObject({ box: finite }),
      z.strictObject({ mask: z.strictObject({ width: whole, height: whole, data: numbers }) }),
      z.strictObject({ references: z.array(numbers).max(MAX_ITEMS) }),
    ])
    .optional(),
  input: z.strictObject({
    name: text,
    type: text,
    layout: z.enum(['NCHW', 'NHWC']),
    batch: dimension,
    channels: whole,
    height: dimension,
    width: dimension,
  }),
  preprocess: z.strictObject({
    size: z.tuple([
      z
        .int()
        .min(1)
        .max(2 ** 14),
      z
        .int()
        .min(1)
        .max(2 ** 14),
    ]),
    fit: z.enum(['crop', 'fill', 'letterbox']),
    crop: finite,
    interpolation: z.enum(['bilinear', 'bicubic']),
    pad: finite,
    channels: z.enum(['RGB', 'BGR']),
    layout: z.enum(['NCHW', 'NHWC']),
    scale: finite,
    mean: z.array(finite).max(4),
    std: z.array(finite).max(4),
  }),
  labels: z.array(text).max(1_000_000),
  classCount: whole,
  classes: z.array(whole).max(100_000),
  top: whole,
  truth: z.boolean(),
  look: z.strictObject({ alpha: finite, colormap: text, compat: z.literal('pytorch-grad-cam').optional() }),
  images: z.enum(['webp', 'jpeg', 'png']).optional(),
  maps: z.enum(['npy', 'shards', 'none']),
});

const run = z.strictObject({ job, sha256: z.string().regex(/^[0-9a-f]{64}$/), folder: path, base: path });

/** @throws GradcamError `invalid-setting` for what no producer has put */
export function checkedChunk(data: unknown): ChunkData {
  return checked(chunk, data, 'a chunk') as ChunkData;
}

/** Plain JSON as a run; numbers of a mask are what they were. @throws GradcamError `invalid-setting` */
export function parseRun(json: string): Run {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch {
    // Checked below.
  }
  const { job: plainJob, ...rest } = checked(run, data, 'a run') as Run;
  const { target } = plainJob;
  if (typeof target !== 'object' || !('mask' in target)) return { ...rest, job: plainJob };
  const mask = { ...target.mask, data: Float32Array.from(target.mask.data) };
  return { ...rest, job: { ...plainJob, target: { mask } } };
}

/** A run as plain JSON. */
export function formatRun(of: Run): string {
  return JSON.stringify(of, (_, value: unknown) =>
    value instanceof Float32Array || value instanceof Float64Array ? Array.from(value) : value,
  );
}

function checked(schema: z.ZodType, data: unknown, what: string): unknown {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new GradcamError('invalid-setting', `the queue holds what is not ${what}${where}: was it put by another version of gradcam?`);
}
