import { GradcamError, type Preprocess, type Preprocessed, preprocess, type RgbImage } from '@gradcam/core';

/** The picture that is looked at, and what each preprocessing made of it. */
export class Pictures {
  #id = -1;
  #picture: Promise<RgbImage> = Promise.reject(new GradcamError('not-found', 'there is no picture yet'));
  #prepared: { readonly key: string; readonly made: Preprocessed } | undefined;

  constructor() {
    this.#picture.catch(() => {});
  }

  show(id: number, picture: Promise<RgbImage>): void {
    this.#id = id;
    this.#picture = picture;
    this.#prepared = undefined;
    picture.catch(() => {});
  }

  /** @throws GradcamError `aborted` where another picture came since */
  async image(id: number): Promise<RgbImage> {
    if (id !== this.#id) throw new GradcamError('aborted', 'another picture came since');
    return this.#picture;
  }

  async prepared(id: number, spec: Preprocess, channels: number): Promise<Preprocessed> {
    const image = await this.image(id);
    const key = JSON.stringify([id, spec, channels]);
    if (this.#prepared?.key !== key) this.#prepared = { key, made: preprocess(image, spec, channels) };
    return this.#prepared.made;
  }
}
