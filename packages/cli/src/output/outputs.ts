import { join } from 'node:path';
import type { PathClaims } from './names.js';
import { findTarget, type Target } from './target.js';

/** How many there are of what outputs are named after. */
export interface Counts {
  readonly images: number;
  readonly classes: number;
  readonly methods: number;
  readonly layers: number;
}

export interface OutputOptions {
  readonly output?: string;
  readonly saveMap?: string;
  readonly saveHeatmap?: string;
  /** One picture an explanation instead of one figure an image. */
  readonly separate: boolean;
}

/** What an output is named after. */
export interface Named {
  readonly stem: string;
  readonly class?: string;
  readonly method?: string;
  readonly layer?: string;
}

/** The paths of everything that a run writes. */
export class Outputs {
  readonly #picture: Target;
  readonly #map: Target | undefined;
  readonly #heatmap: Target | undefined;

  /** @throws GradcamError `not-writable`; UsageError */
  constructor(
    { output, saveMap, saveHeatmap, separate }: OutputOptions,
    private readonly counts: Counts,
    private readonly claims: PathClaims,
  ) {
    const explanations = counts.classes * counts.methods;
    const several = counts.images > 1 || explanations > 1 || counts.layers > 1;
    const pictures = separate ? counts.images * explanations : counts.images;
    this.#picture = findTarget({ option: '--output', path: output ?? './', several: pictures > 1, picture: true });
    const array = (option: string, path: string | undefined) => path && findTarget({ option, path, several, picture: false });
    this.#map = array('--save-map', saveMap) || undefined;
    this.#heatmap = array('--save-heatmap', saveHeatmap) || undefined;
  }

  /** Path of a picture; `class` and `method` are absent where it shows them all. */
  picture(named: Named): string {
    return this.#path(this.#picture, named, '.gradcam.png');
  }

  /** Path of a layer's signed map, where it was asked for. */
  map(named: Named): string | undefined {
    return this.#map && this.#path(this.#map, named, '.map.npy');
  }

  /** Path of a final heatmap, where it was asked for. */
  heatmap(named: Named): string | undefined {
    return this.#heatmap && this.#path(this.#heatmap, named, '.heatmap.npy');
  }

  #path(target: Target, named: Named, suffix: string): string {
    if ('file' in target) return this.claims.exact(target.file);
    const { counts } = this;
    const parts = [
      named.stem,
      counts.classes > 1 ? named.class : undefined,
      counts.methods > 1 ? named.method : undefined,
      counts.layers > 1 ? named.layer : undefined,
    ];
    return this.claims.free(join(target.folder, parts.filter((part) => part !== undefined).join('.')), suffix);
  }
}
