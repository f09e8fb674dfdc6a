/** What is drawn with, in a page and in a worker alike. */
export type Canvas = OffscreenCanvasRenderingContext2D;

/** An empty sheet whose pixels will be read. @throws RangeError where the browser has no canvas as large */
export function canvas(width: number, height: number): Canvas {
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new RangeError('this browser has no canvas of that size');
  return context;
}
