// Draws the pictures of docs/gallery.md with the command itself, from the drawings in models/everyday/examples: node scripts/gallery.mjs (after npm run build)

import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { methods } from '../packages/core/dist/index.js';

const root = new URL('..', import.meta.url);
const examples = 'models/everyday/examples';
const both = `${examples}/airplane-and-truck.svg`;

/** Options for all methods that explain the same. */
const methodsOf = (of) => methods.filter((method) => method.of === of).flatMap(({ name }) => ['--method', name]);
const classes = ['--class', 'truck', '--class', 'airplane'];

const pictures = {
  layers: ['explain', both, ...classes, ...methodsOf('layer'), '--sheet'],
  pixels: ['explain', both, ...classes, ...methodsOf('input'), '--sheet'],
  images: [
    'explain',
    ...['airplane', 'ship', 'airplane-and-truck'].map((name) => `${examples}/${name}.svg`),
    ...['gradcam', 'layercam', 'eigencam', 'scorecam'].flatMap((name) => ['--method', name]),
    '--sheet',
  ],
  concepts: ['factorize', both, '--output'],
};

mkdirSync(new URL('docs/gallery', root), { recursive: true });
for (const [name, argv] of Object.entries(pictures)) {
  const file = `docs/gallery/${name}.webp`;
  execFileSync(process.execPath, ['packages/cli/bin/gradcam.js', ...argv, file], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  console.log(`${file}: ${Math.round(statSync(new URL(file, root)).size / 1000)} kB`);
}
