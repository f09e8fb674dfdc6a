import { GradcamError } from '../errors.js';
import { checkImage } from './check.js';
import { type Figure, type FigurePanel, figure } from './figure.js';
import type { Heatmap, Placement, RgbImage } from './image.js';
import { shaded } from './overlay.js';
import { panelSize, type SideRange } from './panels.js';
import { luma } from './pixels.js';
import { placeHeatmap, scalePlacement } from './place.js';
import { resample } from './resample.js';

/** An RGB colour. */
type Color = readonly [red: number, green: number, blue: number];

/**
 * Colours that people with any kind of colour vision tell apart: those of M. Okabe and K. Ito, "Color universal design" (2008), in an order in which
 * neighbours differ most, with grey for their black.
 */
const COLORS: readonly Color[] = [
  [0, 114, 178],
  [230, 159, 0],
  [0, 158, 115],
  [204, 121, 167],
  [213, 94, 0],
  [86, 180, 233],
  [240, 228, 66],
  [153, 153, 153],
];

/** More colours than these nobody tells apart. */
export const MAX_CONCEPT_COLORS = COLORS.length;

/** A concept in the legend of a figure. */
export interface ConceptWords {
  readonly title: string;
  readonly note?: string;
}

/** A picture of a figure of concepts. */
export interface ConceptPicture {
  readonly image: RgbImage;
  /** Where the network's input lies on the picture. */
  readonly placement: Placement;
  /** Size of the network's input. */
  readonly input: { readonly width: number; readonly height: number };
  /** One a concept, in [0, 1]. */
  readonly maps: readonly Heatmap[];
  readonly title: string;
}

/** Limits of a panel's longer side, by how many pictures there are. */
const SIDE: SideRange = [320, 480];
const MANY_SIDE: SideRange = [240, 240];
const MANY = 3;

/**
 * Lays out pictures beside the same in the colours of their concepts, and a legend.
 *
 * @throws GradcamError `limit` for more than {@link MAX_CONCEPT_COLORS} concepts; as `figure`
 */
export function conceptsFigure(pictures: readonly ConceptPicture[], concepts: readonly ConceptWords[], footer = ''): Figure {
  const side = pictures.length > MANY ? MANY_SIDE : SIDE;
  const rows = pictures.map((picture): FigurePanel[] => {
    const { width, height } = panelSize(picture.image, side);
    const photo = resample(picture.image, width, height, 'bicubic');
    const placement = scalePlacement(picture.placement, width / picture.image.width, height / picture.image.height);
    return [{ image: photo, title: picture.title }, { image: conceptOverlay({ ...picture, image: photo, placement }) }];
  });
  const legend = concepts.map((words, index) => ({ ...words, color: `rgb(${colorOf(index).join(',')})` }));
  return figure({ rows, legend, side, footer });
}

/**
 * A picture in shades of grey, on which each pixel has the colours of its concepts, blended by their strengths; the square root of the strongest says
 * how much colour there is, so that a weak concept is still seen.
 *
 * @throws GradcamError `limit` for more than {@link MAX_CONCEPT_COLORS} concepts, `invalid-image`
 */
export function conceptOverlay({ image, placement, input, maps }: Omit<ConceptPicture, 'title'>): RgbImage {
  checkImage(image);
  const placed = maps.map((map) => placeHeatmap(map, placement, image, input));
  const data = shaded(image);
  const [first] = placed;
  if (first === undefined) return { ...image, data };
  const colors = maps.map((_, index) => colorOf(index));
  const { left, top, width, height } = first.seen;
  for (let y = top; y < top + height; y++) {
    for (let x = left; x < left + width; x++) {
      const at = y * image.width + x;
      const strengths = placed.map(({ heatmap }) => heatmap.data[at] as number);
      const sum = strengths.reduce((total, strength) => total + strength, 0);
      const opacity = OPACITY * Math.sqrt(Math.min(1, Math.max(...strengths)));
      const grey = paled(luma(image.data, 3 * at));
      for (let channel = 0; channel < 3; channel++) {
        const mixed = strengths.reduce((total, strength, index) => total + strength * (colors[index]?.[channel] ?? 0), 0) / sum;
        data[3 * at + channel] = Math.round(sum > 0 ? (1 - opacity) * grey + opacity * mixed : grey);
      }
    }
  }
  return { ...image, data };
}

/** Where a concept is strongest, so much of the pixel is its colour: the picture still shows through. */
const OPACITY = 0.8;

/** Shades of grey, the darkest made lighter: no colour shows on black. */
const paled = (grey: number): number => 70 + (185 * grey) / 255;

/** @throws GradcamError `limit` */
function colorOf(index: number): Color {
  const color = COLORS[index];
  if (color !== undefined) return color;
  throw new GradcamError('limit', `a figure shows at most ${MAX_CONCEPT_COLORS} concepts: more colours cannot be told apart`);
}
