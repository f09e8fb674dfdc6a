import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { encodeImage } from '@gradcam/node';
import autocannon from 'autocannon';

// `npm run bench:serve [-- SECONDS]`: `gradcam serve` under load: answers a second and how long they take, against the network alone on as many threads.

const [seconds = 10] = process.argv.slice(2).map(Number);
const CORES = availableParallelism();

/** Clients that each wait for an answer before they ask again. */
const CONNECTIONS = [1, CORES, 8 * CORES];

const [WIDTH, HEIGHT] = [500, 375];
const BOUNDARY = 'gradcam-bench';

const root = fileURLToPath(new URL('../../', import.meta.url));
const mobilenet = join(root, '../shared/models/mobilenet_v2_1.0_224_int8weights.onnx');
const model = existsSync(mobilenet) ? mobilenet : join(root, 'models/everyday/everyday-int8.onnx');

const folder = mkdtempSync(join(tmpdir(), 'gradcam-bench-'));
try {
  const limit = await ceiling();
  console.log(`${model.split('/').at(-1)}, ${WIDTH} × ${HEIGHT} JPEG, ${CORES} cores; the network alone: ${limit.toFixed(1)} a second`);
  const child = spawn(
    process.execPath,
    [join(root, 'packages/cli/bin/gradcam.js'), 'serve', '--port', '0', '--model', `bench=${model}`, '--preprocess', preprocess()],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    console.log('answer       clients  a second  of alone  p50 ms  p99 ms  refused');
    const picture = await drawn();
    for (const [name, accept] of [
      ['JSON', 'application/json'],
      ['overlay', 'image/jpeg'],
    ] as const)
      for (const connections of CONNECTIONS) {
        const { requests, latency, non2xx } = await autocannon({
          url: `${url}v1/explain`,
          method: 'POST',
          connections,
          duration: seconds,
          headers: { 'Content-Type': `multipart/form-data; boundary=${BOUNDARY}`, Accept: accept },
          body: Buffer.concat([
            Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="a.jpg"\r\n\r\n`),
            picture,
            Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
          ]),
        });
        const cells = [connections, requests.average.toFixed(1), (requests.average / limit).toFixed(2), latency.p50, latency.p99, non2xx];
        console.log(name.padEnd(11) + cells.map((cell) => String(cell).padStart(9)).join(''));
      }
  } finally {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** A preset where the model does not say itself how its pictures come in. */
function preprocess(): string {
  if (model !== mobilenet) return 'unit';
  const known = JSON.parse(readFileSync(join(root, '../shared/models/models.json'), 'utf8')) as { file: string; preprocess: object }[];
  const description = join(folder, 'preprocess.json');
  writeFileSync(description, JSON.stringify(known.find(({ file }) => mobilenet.endsWith(file))?.preprocess));
  return description;
}

/** Waves with some noise: a file of the size that photographs have. */
async function drawn(): Promise<Uint8Array> {
  const data = Uint8Array.from({ length: 3 * WIDTH * HEIGHT }, (_, at) => {
    const [x, y] = [Math.floor(at / 3) % WIDTH, Math.floor(at / 3 / WIDTH)];
    return 128 + 50 * Math.sin(x / 11 + (at % 3)) + 50 * Math.sin((x + 2 * y) / 47) + 8 * Math.sin(at * 12.9898);
  });
  return encodeImage({ width: WIDTH, height: HEIGHT, data }, '.jpg');
}

/** Runs a second of the network alone, a thread on each core. */
async function ceiling(): Promise<number> {
  const script = new URL('./batch-ceiling.js', import.meta.url);
  const all = Array.from({ length: CORES }, () => new Worker(script, { workerData: { path: model, seconds } }));
  await Promise.all(all.map((worker) => once(worker, 'message')));
  const rates = await Promise.all(
    all.map(async (worker) => {
      worker.postMessage('run');
      const [rate] = (await once(worker, 'message')) as [number];
      return rate;
    }),
  );
  return rates.reduce((sum, rate) => sum + rate, 0);
}
