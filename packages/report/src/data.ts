/** What the page is given: plain data. Classes are known by their place in `classes`, rows by theirs in the columns of `rows`. */
export interface PageData {
  readonly title: string;
  /** Model, method, layer. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly totals: Totals;
  /** What the reader is to know: what was left out, and why. */
  readonly notes: readonly string[];
  readonly classes: readonly PageClass[];
  /** Places of classes with heatmaps, the most telling first. */
  readonly findings: readonly Finding[];
  /** True class, predicted class, images; the most frequent first. */
  readonly confusion: readonly (readonly [target: number, predicted: number, images: number])[];
  /** 256 colours, RGB, base64. */
  readonly colors: string;
  readonly rows: PageRows;
}

export interface Totals {
  readonly images: number;
  readonly rows: number;
  /** Images that could not be explained. */
  readonly failed: number;
  /** Images whose true class is known. */
  readonly judged: number;
  readonly right: number;
  /** Means over rows; null where no row has them. */
  readonly outside: number | null;
  readonly entropy: number | null;
}

export interface PageClass {
  readonly index: number;
  readonly label: string;
  /** Rows that explain the class. */
  readonly rows: number;
  /** Of its rows, those of images whose true class is known, and of these those predicted rightly. */
  readonly judged: number;
  readonly right: number;
  /** Absent where no map is known. */
  readonly mean?: PageMap;
  readonly clusters: readonly PageCluster[];
  /** Heatmaps that are nowhere positive. */
  readonly empty: number;
  /** x, y (−1 to 1) and cluster of some heatmaps. */
  readonly plane: readonly number[];
}

/** A heatmap of few positions. */
export interface PageMap {
  readonly width: number;
  readonly height: number;
  /** A byte for each position, base64. */
  readonly data: string;
}

export interface PageCluster {
  readonly size: number;
  readonly judged: number;
  readonly right: number;
  readonly mean: PageMap;
  /** What sets it apart. */
  readonly words: string;
  readonly examples: readonly PageExample[];
}

export interface PageExample {
  readonly image: string;
  /** Its map, where no picture can be shown. */
  readonly map: PageMap;
  /** A small picture, webp, base64. */
  readonly picture?: string;
  /** Address of the overlay, relative to the page. */
  readonly overlay?: string;
}

export interface Finding {
  readonly class: number;
  /** Place in the class's clusters; null: the class as a whole. */
  readonly cluster: number | null;
  readonly words: string;
}

/** Columns of equal length. */
export interface PageRows {
  /** Paths, without what all have in common. */
  readonly image: readonly string[];
  readonly class: readonly (number | null)[];
  readonly probability: readonly (number | null)[];
  readonly predicted: readonly (number | null)[];
  readonly target: readonly (number | null)[];
  /** Share of the energy outside of the object. */
  readonly outside: readonly (number | null)[];
  readonly entropy: readonly (number | null)[];
  readonly cluster: readonly (number | null)[];
  /** Addresses relative to the page. */
  readonly overlay: readonly (string | null)[];
  readonly error: readonly (string | null)[];
  /** Sizes of maps, and of each row its size's number, −1 for none. */
  readonly sizes: readonly (readonly [width: number, height: number])[];
  readonly size: readonly number[];
  /** The maps of all rows that have one, one after the other, base64. */
  readonly maps: string;
}
