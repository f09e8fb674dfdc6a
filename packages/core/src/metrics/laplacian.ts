/** Weights of the neighbours: those beside a pixel, and those at its corners. */
const EDGE = 1 / 6;
const CORNER = 1 / 12;

const OFFSETS = [
  [0, -1, EDGE],
  [-1, 0, EDGE],
  [1, 0, EDGE],
  [0, 1, EDGE],
  [-1, -1, CORNER],
  [1, -1, CORNER],
  [-1, 1, CORNER],
  [1, 1, CORNER],
] as const;

/** How many neighbours a pixel has. */
const AROUND = OFFSETS.length;

/** A symmetric, positive definite system over some of the pixels of a grid, each of which is tied to those around it: A·x = b. */
export interface System {
  readonly width: number;
  readonly height: number;
  /** Where the unknowns lie in the grid, row by row. */
  readonly pixels: Uint32Array;
  readonly diagonal: Float64Array;
  /** The unknowns around each unknown; where there is none, the one behind the last, which is always 0. */
  readonly neighbours: Uint32Array;
  /** How strongly it is tied to each: what the matrix holds there, negated. */
  readonly ties: Float64Array;
}

/** The Laplacian of the removed pixels: (Σₙ wₙ) xᵢ − Σ over removed n of wₙ xₙ. */
export function laplacian(removed: Uint8Array, width: number, height: number): System {
  const system = emptySystem(
    Uint32Array.from(removed.keys()).filter((at) => removed[at] === 1),
    width,
    height,
  );
  const { pixels, diagonal, neighbours, ties } = system;
  for (let unknown = 0; unknown < pixels.length; unknown++)
    around(pixels[unknown] as number, width, height, (_, weight, direction) => {
      diagonal[unknown] = (diagonal[unknown] as number) + weight;
      const slot = AROUND * unknown + direction;
      if (neighbours[slot] !== pixels.length) ties[slot] = weight;
    });
  return system;
}

/** Σ over kept n of wₙ xₙ, for each removed pixel. */
export function keptAround({ pixels, width, height }: System, plane: Float64Array, removed: Uint8Array): Float64Array {
  return Float64Array.from(pixels, (at) => {
    let sum = 0;
    around(at, width, height, (neighbour, weight) => {
      if (removed[neighbour] === 0) sum += weight * (plane[neighbour] as number);
    });
    return sum;
  });
}

/**
 * The same system on a grid of half the size: PᵀAP, where P gives the unknowns of 2 × 2 pixels the value of the one that stands for them.
 *
 * @returns the system, and which of its unknowns stands for each
 */
export function coarser({ width, height, pixels, diagonal, neighbours, ties }: System): { coarse: System; parents: Uint32Array } {
  const [halfWidth, halfHeight] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const parentOf = (at: number) => (Math.floor(at / width) >> 1) * halfWidth + ((at % width) >> 1);
  const used = new Uint8Array(halfWidth * halfHeight);
  for (const at of pixels) used[parentOf(at)] = 1;
  const coarse = emptySystem(
    Uint32Array.from(used.keys()).filter((at) => used[at] === 1),
    halfWidth,
    halfHeight,
  );
  const places = placesOf(coarse.pixels, halfWidth * halfHeight);
  const parents = pixels.map((at) => places[parentOf(at)] as number);
  for (let unknown = 0; unknown < pixels.length; unknown++) {
    const parent = parents[unknown] as number;
    coarse.diagonal[parent] = (coarse.diagonal[parent] as number) + (diagonal[unknown] as number);
    for (let slot = AROUND * unknown; slot < AROUND * (unknown + 1); slot++) {
      const neighbour = neighbours[slot] as number;
      if (neighbour === pixels.length) continue;
      const other = parents[neighbour] as number;
      if (other === parent) coarse.diagonal[parent] = (coarse.diagonal[parent] as number) - (ties[slot] as number);
      else {
        const to = AROUND * parent + coarse.neighbours.subarray(AROUND * parent, AROUND * (parent + 1)).indexOf(other);
        coarse.ties[to] = (coarse.ties[to] as number) + (ties[slot] as number);
      }
    }
  }
  return { coarse, parents };
}

/** The unknowns and who lies beside whom; nothing is tied yet. */
function emptySystem(pixels: Uint32Array, width: number, height: number): System {
  const places = placesOf(pixels, width * height);
  const neighbours = new Uint32Array(AROUND * pixels.length).fill(pixels.length);
  for (let unknown = 0; unknown < pixels.length; unknown++)
    around(pixels[unknown] as number, width, height, (neighbour, _, direction) => {
      neighbours[AROUND * unknown + direction] = places[neighbour] as number;
    });
  const ties = new Float64Array(neighbours.length);
  return { width, height, pixels, diagonal: new Float64Array(pixels.length), neighbours, ties };
}

/** Which unknown each pixel of the grid is; the number of them where it is none. */
function placesOf(pixels: Uint32Array, size: number): Uint32Array {
  const places = new Uint32Array(size).fill(pixels.length);
  for (let unknown = 0; unknown < pixels.length; unknown++) places[pixels[unknown] as number] = unknown;
  return places;
}

/** The neighbours of a pixel that lie in the grid. */
function around(at: number, width: number, height: number, visit: (neighbour: number, weight: number, direction: number) => void): void {
  const [x, y] = [at % width, Math.floor(at / width)];
  for (let direction = 0; direction < AROUND; direction++) {
    const [dx, dy, weight] = OFFSETS[direction] as (typeof OFFSETS)[number];
    if (x + dx >= 0 && x + dx < width && y + dy >= 0 && y + dy < height) visit(at + dy * width + dx, weight, direction);
  }
}

/** What flows into an unknown from those around it: Σ tie · v. Written out, since most of the time is spent here. */
export function inflow({ neighbours, ties }: System, v: Float64Array, unknown: number): number {
  const slot = AROUND * unknown;
  return (
    (ties[slot] as number) * (v[neighbours[slot] as number] as number) +
    (ties[slot + 1] as number) * (v[neighbours[slot + 1] as number] as number) +
    (ties[slot + 2] as number) * (v[neighbours[slot + 2] as number] as number) +
    (ties[slot + 3] as number) * (v[neighbours[slot + 3] as number] as number) +
    (ties[slot + 4] as number) * (v[neighbours[slot + 4] as number] as number) +
    (ties[slot + 5] as number) * (v[neighbours[slot + 5] as number] as number) +
    (ties[slot + 6] as number) * (v[neighbours[slot + 6] as number] as number) +
    (ties[slot + 7] as number) * (v[neighbours[slot + 7] as number] as number)
  );
}
