import type { Dimension, Heatmap, Placement, Preprocess } from '@gradcam/core';

/** What is said of a model beside its file. */
export interface ModelWords {
  /** The text of a file of labels: one a line, a JSON array of them, or a Hugging Face `config.json`. */
  readonly labels?: string | undefined;
  /** A preset's name, or the schema as JSON, where it is not to be as the model says. */
  readonly preprocess?: string | undefined;
}

/** A model as the page hands it to the engine. */
export interface ModelSource extends ModelWords {
  /** For messages and downloads. */
  readonly name: string;
  /** The file's bytes, or where to fetch them (this page's own origin). */
  readonly model: Uint8Array | string;
  /** Weights in files of their own, by the location that the model names. */
  readonly external?: ReadonlyMap<string, Uint8Array>;
  /** How its publisher says that pictures are prepared, where the file itself does not. */
  readonly published?: Preprocess;
}

/** What the page knows of an open model. */
export interface ModelFacts {
  /** Another one for each model that was opened. */
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  /** What its output holds. */
  readonly kind: 'classes' | 'pixels' | 'boxes' | 'embedding';
  readonly classes: number;
  /** Class 0 first; empty where nobody has named them. */
  readonly labels: readonly string[];
  readonly preprocess: Preprocess;
  /** Element type and number of channels of its input. */
  readonly input: { readonly type: string; readonly channels: number };
  /** What was assumed, and how to say it better; one sentence each. */
  readonly notes: readonly string[];
}

/** A layer that can be explained. */
export interface LayerFacts {
  readonly name: string;
  readonly operator: string;
  readonly shape: readonly Dimension[];
  readonly channels: Dimension;
  /** Whether `auto` means this one. */
  readonly isDefault: boolean;
  readonly isConvolution: boolean;
}

/** A way to explain. */
export interface MethodFacts {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly source: string;
  readonly of: 'layer' | 'input' | 'attention';
  readonly cost: string;
  /** Whether it shows the network many pictures, which takes long. */
  readonly slow: boolean;
  /** Whether a file can hold it: see `exportModel`. */
  readonly exportable: boolean;
}

/** What is asked of the open model about the current picture. */
export interface Question {
  /** Ids of model and picture: an answer belongs to these alone. */
  readonly model: number;
  readonly picture: number;
  /** Classes to explain; none: the most probable. */
  readonly classes: readonly number[];
  /** Also explain the most probable class that is not yet among `classes`, up to this many in all. */
  readonly fill?: number;
  /** Explain the class's score less that of this one: why the first and not this. */
  readonly against?: number | 'next';
  readonly layer: string;
  readonly method: string;
}

/** Why the model gives a class its score. */
export interface Evidence {
  readonly class: number;
  /** The class that it was explained against, where there was one. */
  readonly against: number | undefined;
  readonly probability: number;
  readonly score: number;
  /** In [0, 1] over the network's input. */
  readonly heatmap: Heatmap;
  /** The signed map L at the layer's resolution, before ReLU, scaling and resizing. */
  readonly map: Heatmap;
  /** Names of the values that were explained. */
  readonly layers: readonly string[];
  /** Whether any position speaks for the class. */
  readonly found: boolean;
}

export interface Answer {
  readonly question: Question;
  /** Of each class, by its index. */
  readonly probabilities: Float32Array;
  /** One a class of the question. */
  readonly evidence: readonly Evidence[];
  /** Where the network's input lies on the picture. */
  readonly placement: Placement;
  readonly picture: { readonly width: number; readonly height: number };
  /** What prediction and explanation took, without what was loaded for them. */
  readonly milliseconds: number;
}

/** Told while a slow method runs: pictures shown to the network, of how many. */
export type Progress = (done: number, total: number) => void;
