import type { ColormapName, ExplainerOptions, ImageInput, Preprocess, SessionOptions, TargetDescription } from '@gradcam/core';

/** The formats that overlays are written in. */
export const imageFormats = ['webp', 'jpeg', 'png'] as const;
export type ImageFormat = (typeof imageFormats)[number];

/** How maps are kept: a file for each, many in one file, or not at all. */
export const mapForms = ['npy', 'shards', 'none'] as const;
export type MapForm = (typeof mapForms)[number];

/** What all pictures of a run share, as plain data: another thread, or another machine that sees the same files, can be sent it. */
export interface Job {
  readonly model: {
    /** What reports call it. */
    readonly name: string;
    readonly path: string;
    /** Files of weights beside it, by the location that the model names. */
    readonly external: readonly string[];
  };
  readonly runtime: { readonly device?: string; readonly threads?: number };
  readonly session: Pick<SessionOptions, 'threads' | 'optimization'>;
  /** How the explainer is opened; it has one method. */
  readonly explainer: Omit<ExplainerOptions, 'target' | 'session' | 'room' | 'methods'> & { readonly methods: readonly string[] };
  readonly target?: TargetDescription;
  readonly input: ImageInput;
  readonly preprocess: Preprocess;
  /** Names of the classes; empty where nobody has named them. */
  readonly labels: readonly string[];
  /** Number of classes. */
  readonly classCount: number;
  /** Classes to explain of each picture; none: the most probable. */
  readonly classes: readonly number[];
  /** How many of the most probable classes are explained where `classes` names none. */
  readonly top: number;
  /** Explain the true class, too, where it is known. */
  readonly truth: boolean;
  readonly look: { readonly alpha: number; readonly colormap: ColormapName; readonly compat?: 'pytorch-grad-cam' };
  /** Format of the overlays; undefined: none are written. */
  readonly images?: ImageFormat;
  readonly maps: MapForm;
}
