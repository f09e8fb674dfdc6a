/** Lengths of a figure in px, all derived from the size of its titles. */
export interface Metrics {
  readonly titleSize: number;
  readonly footerSize: number;
  readonly tickSize: number;
  /** Room above a row of panels for its titles. */
  readonly titleBand: number;
  /** From a title's baseline to its panel. */
  readonly titleDrop: number;
  /** From the panels' foot to the footer's baseline. */
  readonly footerDrop: number;
  readonly margin: number;
  /** Between panels, both ways. */
  readonly gap: number;
  readonly barGap: number;
  readonly barWidth: number;
  /** Narrowest column: enough for a short title above a sliver of a picture. */
  readonly minCell: number;
}

const MIN_TITLE = 14;
const MAX_TITLE = 20;
/** The smallest type that is still crisp on a screen of ordinary density. */
const MIN_SMALL = 11;

/** Type grows with the panels, within what can be read on a page and is not loud on a slide. */
export function metricsFor(pictures: readonly { readonly width: number; readonly height: number }[]): Metrics {
  const longest = Math.max(0, ...pictures.map(({ width, height }) => Math.max(width, height)));
  const titleSize = Math.min(Math.max(Math.round(longest / 34), MIN_TITLE), MAX_TITLE);
  const em = (factor: number) => Math.round(factor * titleSize);
  return {
    titleSize,
    footerSize: Math.max(0.76 * titleSize, MIN_SMALL),
    tickSize: Math.max(0.72 * titleSize, MIN_SMALL),
    titleBand: em(1.35),
    titleDrop: em(0.6),
    footerDrop: em(1.5),
    margin: em(1.6),
    gap: em(1.2),
    barGap: em(1),
    barWidth: em(0.8),
    minCell: em(11),
  };
}

/** A shorter colour bar has no room for its ticks. */
export const minimumBar = ({ titleSize }: Metrics): number => Math.round(5 * titleSize);

/** Entry j of every row that has one. */
export const column = <T>(rows: readonly (readonly T[])[], j: number): T[] => rows.flatMap((row) => row.slice(j, j + 1));

/** Where consecutive lengths start. */
export function cumulate(lengths: readonly number[], start: number, gap: number): number[] {
  let at = start;
  return lengths.map((length) => {
    const here = at;
    at += length + gap;
    return here;
  });
}
