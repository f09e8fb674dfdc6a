import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomFrom } from '@gradcam/core';
import type { Row } from '@gradcam/jobs';
import { encodeNpy } from '@gradcam/node';

const SIDE = 7;

/** A row of a table, of which a test says what matters. */
export function rowOf(changes: Partial<Row> & Pick<Row, 'image'>): Row {
  return {
    class: 0,
    label: 'cat',
    probability: 0.9,
    predicted: 0,
    predictedLabel: 'cat',
    predictedProbability: 0.9,
    target: null,
    targetLabel: null,
    layer: 'features',
    method: 'gradcam',
    energyInside: null,
    entropy: 0.75,
    centerX: 0.5,
    centerY: 0.5,
    milliseconds: 5,
    overlay: null,
    map: null,
    error: null,
    ...changes,
  };
}

/** Writes a folder as a run leaves it: a table, and maps of 7 × 7 in one shard where there are some. */
export function writeResults(folder: string, rows: readonly Row[], maps: readonly Float32Array[] = []): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'results.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  writeFileSync(join(folder, 'batch.json'), JSON.stringify({ model: { name: 'net.onnx' } }));
  if (maps.length > 0) writeShard(join(folder, 'maps', '7x7-000.npy'), maps);
}

function writeShard(path: string, maps: readonly Float32Array[]): void {
  const data = new Float32Array(maps.length * SIDE * SIDE);
  for (const [at, map] of maps.entries()) data.set(map, at * SIDE * SIDE);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, encodeNpy({ type: 'float32', dims: [maps.length, SIDE, SIDE], data }));
}

/** A spot with noise around x, y, of positions 0 to 6. */
export function spot(random: ReturnType<typeof randomFrom>, x: number, y: number, wide = 1.2): Float32Array {
  return Float32Array.from({ length: SIDE * SIDE }, (_, at) => {
    const squared = ((at % SIDE) - x) ** 2 + (Math.floor(at / SIDE) - y) ** 2;
    return Math.exp(-squared / (2 * wide * wide)) + 0.1 * random.normal();
  });
}

const LABELS = ['tench', 'cat, house cat', 'dog', 'horse', 'ship', 'truck', 'frog', 'deer', 'bird', 'plane'];

/** As many rows as a large run has: ten classes, errors, wrong predictions, and in one class a tenth that looks at the lower right corner. */
export function writeManyResults(folder: string, count: number): void {
  const random = randomFrom(7);
  const rows: Row[] = [];
  const maps: Float32Array[] = [];
  for (let number = 0; number < count; number++) {
    const image = `data/val/${String(number % 10).padStart(2, '0')}/${String(number).padStart(6, '0')}.jpg`;
    const target = number % 10;
    if (number % 400 === 399) {
      rows.push({ ...rowOf({ image, target, targetLabel: LABELS[target] ?? null, error: `the image '${image}' is damaged` }), ...NOTHING });
      continue;
    }
    const wrong = random.uniform() < 0.12;
    const predicted = wrong ? (target + 1 + Math.floor(3 * random.uniform())) % 10 : target;
    const planted = predicted === 3 && random.uniform() < 0.1;
    const probability = Number((wrong ? 0.3 + 0.5 * random.uniform() : 0.6 + 0.4 * random.uniform()).toFixed(6));
    const label = LABELS[predicted] ?? null;
    rows.push(
      rowOf({
        image,
        class: predicted,
        label,
        probability,
        predicted,
        predictedLabel: label,
        predictedProbability: probability,
        target,
        targetLabel: LABELS[target] ?? null,
        energyInside: Number((planted ? 0.05 * random.uniform() : 0.4 + 0.6 * random.uniform()).toFixed(6)),
        entropy: Number((0.6 + 0.3 * random.uniform()).toFixed(6)),
        overlay: `images/${number}.jpg`,
        map: `maps/7x7-000.npy#${maps.length}`,
      }),
    );
    maps.push(planted ? spot(random, 6, 6, 0.8) : spot(random, 3 + 0.6 * random.normal(), 3 + 0.6 * random.normal()));
  }
  writeResults(folder, rows, maps);
}

const NOTHING = {
  ...{ class: null, label: null, probability: null, predicted: null, predictedLabel: null, predictedProbability: null },
  ...{ layer: null, method: null, entropy: null, centerX: null, centerY: null, milliseconds: null },
} as const;
