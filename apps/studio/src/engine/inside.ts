import {
  against,
  type ChannelExplainer,
  type ChannelParts,
  openChannels,
  type Placement,
  type Runtime,
  type SessionOptions,
  type Tensor,
} from '@gradcam/core';
import { Kept } from './kept.js';

/** The Grad-CAM that is taken apart: of one class at one layer. */
export interface InsideQuestion {
  /** Ids of model and picture: an answer belongs to these alone. */
  readonly model: number;
  readonly picture: number;
  readonly class: number;
  /** The score is that of the class less that of this one. */
  readonly against: number | undefined;
  readonly layer: string;
}

export interface InsideAnswer {
  readonly question: InsideQuestion;
  readonly parts: ChannelParts;
  /** Where the network's input lies on the picture, and how large it is. */
  readonly placement: Placement;
  readonly input: { readonly width: number; readonly height: number };
}

/** Takes the Grad-CAM of one model apart. */
export class Insides {
  readonly #channels: Kept<ChannelExplainer>;

  constructor(
    private readonly runtime: Runtime,
    private readonly bytes: Uint8Array,
    private readonly session: SessionOptions,
  ) {
    this.#channels = new Kept(bytes.length);
  }

  /** @throws GradcamError, OnnxGradError as `openChannels` */
  parts(input: Tensor, { class: index, against: other, layer }: InsideQuestion): Promise<ChannelParts> {
    const { runtime, bytes, session } = this;
    const target = other === undefined ? {} : { target: against(other) };
    return this.#channels.use(
      JSON.stringify([layer, other ?? null]),
      () => openChannels(runtime, bytes, { layer, session, ...target }),
      (channels) => channels.explain(input, index),
    );
  }

  close(): Promise<void> {
    return this.#channels.close();
  }
}

/** The memory of an answer, which can be handed over rather than copied. */
export function buffersOf({ weights, activations, gradients, map }: ChannelParts): ArrayBuffer[] {
  return [weights, activations.data, gradients.data, map.data].map(({ buffer }) => buffer as ArrayBuffer);
}
