import type { Preprocess } from '@gradcam/core';

/** What a program must say to make the heatmap that is shown. */
export interface Shown {
  /** Names of the files: the model's, and the picture's. */
  readonly model: string;
  readonly picture: string;
  readonly preprocess: Preprocess;
  /** Element type and number of channels of the model's input. */
  readonly input: { readonly type: string; readonly channels: number };
  readonly classes: readonly number[];
  readonly against: number | undefined;
  readonly layer: string;
  readonly method: string;
  readonly alpha: number;
  readonly colormap: string;
}

/** Where the program runs. */
export type Host = 'node' | 'web';

/** A program in TypeScript that makes the overlays that are shown, and nothing else. */
export function program(host: Host, shown: Shown): string {
  return host === 'node' ? forNode(shown) : forWeb(shown);
}

function forNode({ model, picture, preprocess, input, classes, against, layer, method, alpha, colormap }: Shown): string {
  const casts = input.type !== 'float32';
  const core = [
    'openExplainer',
    'overlayHeatmap',
    'preprocess',
    ...(against === undefined ? [] : ['against']),
    ...(casts ? ['inTypeOf'] : []),
  ];
  const target = against === undefined ? '' : `, target: against(${against})`;
  const channels = input.channels === 3 ? '' : `, ${input.channels}`;
  return `import { readFile, writeFile } from 'node:fs/promises';
import { ${core.sort().join(', ')} } from '@gradcam/core';
import { encodePng, openRuntime, readImage } from '@gradcam/node';

const explainer = await openExplainer(await openRuntime(), await readFile(${quoted(model)}), {
  layers: [${quoted(layer)}],
  methods: [${quoted(method)}]${target},
});
const image = await readImage(${quoted(picture)});
const { tensor, placement } = preprocess(image, ${literal(preprocess)}${channels});
const { explanations } = await explainer.explainOne(${casts ? 'inTypeOf(tensor, explainer.model.input)' : 'tensor'}, [${classes.join(', ')}]);
for (const { class: { index, probability }, heatmap } of explanations) {
  const picture = overlayHeatmap(image, heatmap, placement, { alpha: ${alpha}, colormap: ${quoted(colormap)} });
  await writeFile(\`class-\${index}.png\`, await encodePng(picture));
  console.log(index, probability);
}
await explainer.close();
`;
}

function forWeb({ model, picture, preprocess, classes, against, layer, method, alpha, colormap }: Shown): string {
  const target = against === undefined ? '' : `\n  target: { against: ${against} },`;
  return `import { openExplainer } from '@gradcam/web';

const explainer = await openExplainer(${quoted(`/${model}`)}, {
  layers: [${quoted(layer)}],
  methods: [${quoted(method)}],${target}
  preprocess: ${literal(preprocess)},
});
const picture = await (await fetch(${quoted(`/${picture}`)})).blob();
const { explanations } = await explainer.explain(picture, { classes: [${classes.join(', ')}] });
for (const explanation of explanations) {
  const image = explanation.overlay({ alpha: ${alpha}, colormap: ${quoted(colormap)} });
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
  document.body.append(canvas);
}
await explainer.close();
`;
}

/** Text as JavaScript writes it, in single quotes. */
function quoted(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** The schema as JavaScript writes it, on one line. */
function literal(preprocess: Preprocess): string {
  const value = (one: unknown): string => {
    if (typeof one === 'string') return quoted(one);
    if (Array.isArray(one)) return `[${one.map(value).join(', ')}]`;
    // As the presets have it; the reciprocal would be written with seventeen digits.
    return one === 1 / 255 ? '1 / 255' : String(one);
  };
  return `{ ${Object.entries(preprocess)
    .map(([key, one]) => `${key}: ${value(one)}`)
    .join(', ')} }`;
}
