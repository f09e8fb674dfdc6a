import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { runsAlone } from './alone.js';
import { HEIGHT, photo, WIDTH } from './photo.js';
import { photoModel } from './photo-model.js';

// `npm run bench:serve [-- SECONDS]`: `gradcam serve` under load: answers a second and how long they take, against the network alone on as many threads.

const [seconds = 10] = process.argv.slice(2).map(Number);
const CORES = availableParallelism();

/** Clients that each wait for an answer before they ask again. */
const CONNECTIONS = [1, CORES, 8 * CORES];

const BOUNDARY = 'gradcam-bench';

const root = fileURLToPath(new URL('../../', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'gradcam-bench-'));
try {
  const { name: called, path, argv } = photoModel(folder);
  const limit = await runsAlone(path, CORES, seconds);
  console.log(`${called}, ${WIDTH} × ${HEIGHT} JPEG, ${CORES} cores; the network alone: ${limit.toFixed(1)} a second`);
  const child = spawn(
    process.execPath,
    [join(root, 'packages/cli/bin/gradcam.js'), 'serve', '--port', '0', '--model', `bench=${path}`, ...argv],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  try {
    const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    console.log('answer       clients  a second  of alone  p50 ms  p99 ms  refused');
    const picture = await photo(0);
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
