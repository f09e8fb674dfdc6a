import { type ChannelParts, type Heatmap, type Placement, rankChannels, type Volume, voicesAt } from '@gradcam/core';

/** In which order channels are shown. */
export type Order = 'weight' | 'contribution' | 'here';

/** Channels in an order: by |αₖ|, by their share of all contributions, or by what they say at a position. */
export function orderOf(parts: ChannelParts, shares: ArrayLike<number>, by: Order, position: number | undefined): number[] {
  if (by === 'here' && position !== undefined) return voicesAt(parts, position).map(({ channel }) => channel);
  return rankChannels(by === 'contribution' ? shares : parts.weights);
}

/** The share of all contributions that some channels make together, in [0, 1]. */
export function shareOf(shares: ArrayLike<number>, channels: readonly number[]): number {
  return channels.reduce((sum, channel) => sum + (shares[channel] ?? 0), 0);
}

/** How few channels make a share of all contributions; none where no channel says anything. */
export function fewestFor(shares: ArrayLike<number>, wanted: number): number {
  let sum = 0;
  for (const [count, channel] of rankChannels(shares).entries()) {
    sum += shares[channel] ?? 0;
    if (sum >= wanted) return count + 1;
  }
  return 0;
}

/** The largest size of a number of some maps; 0 for none. */
export function largest(maps: Iterable<Heatmap>): number {
  let most = 0;
  for (const { data } of maps) for (const value of data) most = Math.max(most, Math.abs(value));
  return most;
}

/** Whether each channel of a volume is the same at all positions: gradients are where the layer is only averaged on its way to the score. */
export function isFlat({ channels, width, height, data }: Volume): boolean {
  const size = width * height;
  const most = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (let k = 0; k < channels; k++)
    for (let at = 1; at < size; at++) if (Math.abs((data[k * size + at] ?? 0) - (data[k * size] ?? 0)) > 1e-5 * most) return false;
  return true;
}

/** ReLU. */
export function positive(map: Heatmap): Heatmap {
  return { ...map, data: map.data.map((value) => Math.max(value, 0)) };
}

/** A map divided by its maximum, as heatmaps are; zeros stay. */
export function toUnit(map: Heatmap): Heatmap {
  const most = map.data.reduce((most, value) => Math.max(most, value), 0);
  return most > 0 ? { ...map, data: map.data.map((value) => value / most) } : map;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle as shares of the picture's sides. */
export interface Share {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Where a layer's grid lies on the picture. */
export interface Grid extends Size {
  readonly placement: Placement;
  readonly input: Size;
  readonly picture: Size;
}

/** The part of the picture that a position of the grid belongs to; that of all positions where none is given. */
export function rectangleOf({ width, height, placement, input, picture }: Grid, position?: number): Share {
  const cell = { width: input.width / width, height: input.height / height };
  const [column, row] = position === undefined ? [0, 0] : [position % width, Math.floor(position / width)];
  const count = position === undefined ? { across: width, down: height } : { across: 1, down: 1 };
  return {
    left: (placement.left + placement.scaleX * column * cell.width) / picture.width,
    top: (placement.top + placement.scaleY * row * cell.height) / picture.height,
    width: (placement.scaleX * count.across * cell.width) / picture.width,
    height: (placement.scaleY * count.down * cell.height) / picture.height,
  };
}

/** The position of the grid under a point of the picture, given as shares of its sides; undefined where the network saw nothing. */
export function positionAt(grid: Grid, x: number, y: number): number | undefined {
  const all = rectangleOf(grid);
  const column = Math.floor(((x - all.left) / all.width) * grid.width);
  const row = Math.floor(((y - all.top) / all.height) * grid.height);
  if (column < 0 || row < 0 || column >= grid.width || row >= grid.height) return undefined;
  return row * grid.width + column;
}

/** The position one step from another, within the grid; the middle where there is none yet. */
export function stepFrom({ width, height }: Size, position: number | undefined, right: number, down: number): number {
  if (position === undefined) return Math.floor(height / 2) * width + Math.floor(width / 2);
  const column = Math.min(Math.max((position % width) + right, 0), width - 1);
  const row = Math.min(Math.max(Math.floor(position / width) + down, 0), height - 1);
  return row * width + column;
}

/** A number with its sign and two digits: +0.12, −3.4e−5; 0 where nothing would be left of it. */
export function signed(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  const digits = size >= 1e-3 && size < 1e4 ? plain(size) : size.toExponential(1);
  return `${value < 0 ? '−' : '+'}${digits.replace('-', '−')}`;
}

/** A number as it stands: 4.8, −0.2. */
export function number(value: number): string {
  return signed(value).replace('+', '');
}

function plain(size: number): string {
  return size >= 100 ? size.toFixed(0) : Number(size.toPrecision(2)).toString();
}

/** A share as people say it: 80 %, and never 0 % or 100 % of what is not. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '< 1 %';
  // A sum of shares is 1 but for rounding.
  if (share > 0.99 && share < 1 - 1e-9) return '> 99 %';
  return `${Math.round(100 * share)} %`;
}
