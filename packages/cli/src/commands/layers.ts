import { type LayerListing, layersOf, layoutText, shapeText } from '@gradcam/core';
import type { Io } from '../io.js';
import { loadClassifier } from '../model/classifier.js';
import { type ModelFlags, modelOption, runOptions } from '../options.js';
import { table } from '../output/table.js';
import type { AddCommand } from './add.js';

interface LayersFlags extends ModelFlags {
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ gradcam layers --model net.onnx
  $ gradcam layers --model net.onnx --json
      one line of JSON for each layer: {name, operator, shape, layout, grid, default, lastConv}

LAYOUT says which axis of the shape is what: N images, C channels, H rows and W columns of the map; NCHW and NHWC are channels
first and last, N(1+HW)C are tokens of which the first is none of the picture. MAP is the size of the map, rows x columns.

The layer marked "auto" is the one that gradcam explain takes by itself; "last-conv" marks what --layer last-conv means.`;

/** `gradcam layers` */
export const layersCommand: AddCommand = (program, io) => {
  const command = program
    .command('layers')
    .summary('list the layers that can be explained')
    .description(
      'Lists the layers of a model that can be explained, in the order of the network: name, operator, shape, layout, size of the map.',
    )
    .addOption(modelOption())
    .option('--json', 'print one line of JSON for each layer');
  for (const option of runOptions()) command.addOption(option);
  command.addHelpText('after', EXAMPLES).action((flags: LayersFlags) => printLayers(flags, io));
};

async function printLayers(flags: LayersFlags, io: Io): Promise<void> {
  const { runtime, session, model } = await loadClassifier(flags, io);
  const layers = await layersOf(runtime, model, { session });
  if (flags.json) {
    for (const layer of layers) io.out(`${JSON.stringify(jsonOf(layer))}\n`);
    return;
  }
  const rows = layers.map(({ name, operator, shape, layout, isDefault, isLastConvolution }) => [
    name,
    operator,
    shapeText(shape),
    layoutText(layout),
    layout.grid.map((size) => (typeof size === 'number' ? size : '?')).join('x'),
    [isDefault ? 'auto (default)' : '', isLastConvolution ? 'last-conv' : ''].filter(Boolean).join(', '),
  ]);
  io.out(table(['LAYER', 'OPERATOR', 'SHAPE', 'LAYOUT', 'MAP', ''], rows));
}

function jsonOf({ name, operator, shape, layout, isDefault, isLastConvolution }: LayerListing): object {
  return { name, operator, shape, layout: layoutText(layout), grid: layout.grid, default: isDefault, lastConv: isLastConvolution };
}
