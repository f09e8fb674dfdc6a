import { type Heatmap, type Place, type Places, placesOf } from '@gradcam/core';

/** What sets heatmaps apart from others. */
export interface Apart {
  readonly words: string;
  /** How far, 0 to 1: differences of shares of the energy. 0: nothing that is worth a look. */
  readonly strength: number;
}

/** A group of heatmaps: their mean, and the mean share of their energy outside of the object, where that is known. */
export interface Group {
  readonly mean: Heatmap;
  readonly outside: number | null;
}

const CORNERS = ['top left', 'top right', 'bottom left', 'bottom right'] as const satisfies readonly Place[];

/** A corner that has four times what an even spread would give it. */
const MUCH_IN_CORNER = 0.25;
const MUCH_AT_BORDER = 0.6;
const MUCH_IN_CENTRE = 0.4;
/** A difference of shares that can be seen. */
const PLAIN = 0.15;
/** How far centres must lie apart, as a share of the side. */
const ASIDE = 0.08;

/** What sets a group apart from the rest: one sentence. @param rest undefined where there is none to compare with @param of what the rest is called */
export function apartFrom(group: Group, rest: Group | undefined, of: string): Apart {
  const [own, others] = [placesOf(group.mean), rest && placesOf(rest.mean)];
  const beside = (place: Place) => (others === undefined ? '' : ` (${of}: ${percent(others[place])})`);
  const more = (place: Place) => own[place] - (others?.[place] ?? EVEN[place]);
  const far = rest !== undefined && group.outside !== null && rest.outside !== null ? group.outside - rest.outside : 0;
  const outside = far > PLAIN ? `; ${percent(group.outside ?? 0)} of it outside of the object (${of}: ${percent(rest?.outside ?? 0)})` : '';

  const corner = CORNERS.reduce<Place>((best, place) => (own[place] > own[best] ? place : best), 'top left');
  if (own[corner] >= MUCH_IN_CORNER && more(corner) >= PLAIN)
    return {
      words: `${percent(own[corner])} of the evidence is in the ${corner} corner${beside(corner)}${outside}.`,
      strength: clamp(more(corner) + far),
    };
  if (own.border >= MUCH_AT_BORDER && more('border') >= PLAIN)
    return {
      words: `${percent(own.border)} of the evidence is at the border${beside('border')}${outside}.`,
      strength: clamp(more('border') + far),
    };
  const strength = outside === '' ? 0 : clamp(far);
  if (own.centre >= MUCH_IN_CENTRE && (others === undefined || more('centre') >= PLAIN))
    return { words: `${percent(own.centre)} of the evidence is in the centre${beside('centre')}${outside}.`, strength };
  const aside = rest && asideOf(group.mean, rest.mean);
  if (aside !== undefined) return { words: `It lies further ${aside} than ${of}${outside}.`, strength };
  return { words: `${describe(own)}${outside}.`, strength };
}

/** What an even heatmap has. */
const EVEN: Places = {
  centre: 0.25,
  border: 0.4375,
  'top left': 0.0625,
  'top right': 0.0625,
  'bottom left': 0.0625,
  'bottom right': 0.0625,
};

function describe(places: Places): string {
  return `The evidence is spread: ${percent(places.centre)} in the centre, ${percent(places.border)} at the border`;
}

/** The direction in which the middle of one heatmap lies from that of another. */
function asideOf(one: Heatmap, other: Heatmap): string | undefined {
  const [a, b] = [middleOf(one), middleOf(other)];
  const [across, down] = [a[0] - b[0], a[1] - b[1]];
  const ways = [];
  if (Math.abs(down) >= ASIDE) ways.push(down < 0 ? 'up' : 'down');
  if (Math.abs(across) >= ASIDE) ways.push(across < 0 ? 'to the left' : 'to the right');
  return ways.length === 0 ? undefined : ways.join(' and ');
}

function middleOf({ width, height, data }: Heatmap): readonly [x: number, y: number] {
  let [sum, x, y] = [0, 0, 0];
  for (const [at, value] of data.entries()) {
    sum += value;
    x += value * ((at % width) + 0.5);
    y += value * (Math.floor(at / width) + 0.5);
  }
  return sum === 0 ? [0.5, 0.5] : [x / sum / width, y / sum / height];
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;
const clamp = (value: number): number => Math.min(1, Math.max(0, value));
