/** A line of the table: one picture and one class. Where `error` says why a picture could not be explained, what would have been found is null. */
export interface Row {
  /** The path as it was given. */
  readonly image: string;
  /** Index of the class that is explained. */
  readonly class: number | null;
  readonly label: string | null;
  /** Of the class. */
  readonly probability: number | null;
  /** Index of the most probable class. */
  readonly predicted: number | null;
  readonly predictedLabel: string | null;
  readonly predictedProbability: number | null;
  /** Index of the true class, where it is known. */
  readonly target: number | null;
  readonly targetLabel: string | null;
  /** Several are joined by +. */
  readonly layer: string | null;
  readonly method: string | null;
  /** Share of the heatmap inside of the box or mask, 0 to 1. */
  readonly energyInside: number | null;
  /** Of the heatmap as a distribution, as a share of the highest there can be, 0 to 1. */
  readonly entropy: number | null;
  /** Where the heatmap's centre of mass lies in the picture, 0 to 1 from the left. */
  readonly centerX: number | null;
  /** 0 to 1 from the top. */
  readonly centerY: number | null;
  /** What the network and the explanation took, for all classes of the picture. */
  readonly milliseconds: number | null;
  /** File of the overlay, relative to the results. */
  readonly overlay: string | null;
  /** File of the map, relative to the results; `FILE#ROW` where it holds many. */
  readonly map: string | null;
  /** Why the picture could not be explained, in one line. */
  readonly error: string | null;
}

/** Every column of the table, and how other programs are to hold it. */
export const columns = {
  image: 'STRING',
  class: 'INT32',
  label: 'STRING',
  probability: 'DOUBLE',
  predicted: 'INT32',
  predictedLabel: 'STRING',
  predictedProbability: 'DOUBLE',
  target: 'INT32',
  targetLabel: 'STRING',
  layer: 'STRING',
  method: 'STRING',
  energyInside: 'DOUBLE',
  entropy: 'DOUBLE',
  centerX: 'DOUBLE',
  centerY: 'DOUBLE',
  milliseconds: 'DOUBLE',
  overlay: 'STRING',
  map: 'STRING',
  error: 'STRING',
} as const satisfies Record<keyof Row, 'STRING' | 'INT32' | 'DOUBLE'>;

/** The row of a picture that could not be explained. */
export function errorRow(image: string, error: string, target: Pick<Row, 'target' | 'targetLabel'>): Row {
  return {
    image,
    class: null,
    label: null,
    probability: null,
    predicted: null,
    predictedLabel: null,
    predictedProbability: null,
    ...target,
    layer: null,
    method: null,
    energyInside: null,
    entropy: null,
    centerX: null,
    centerY: null,
    milliseconds: null,
    overlay: null,
    map: null,
    error,
  };
}
