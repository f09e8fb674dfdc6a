import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readImage } from '@gradcam/node';
import { afterAll, describe, expect, it } from 'vitest';
import { fixtureNames, loadFixture } from './support/fixtures.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const example = readFileSync(join(root, 'examples/resnet18.ts'), 'utf8');

describe('the example of the README', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gradcam-readme-'));
  // Beside the example, so that it finds the packages as its readers' files do.
  const script = join(root, `examples/run-${process.pid}.mjs`);
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    rmSync(script, { force: true });
  });

  it('is examples/resnet18.ts', () => {
    expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`\`\`\`ts\n${example}\`\`\``);
  });

  // It holds no types, so that it is JavaScript as it stands; the zoo is out of reach in a test, so its ResNet-18 is the fixture's.
  it.skipIf(!fixtureNames().includes('resnet18'))('draws the figure, on the built packages', async () => {
    const model = join(folder, 'resnet18.onnx');
    writeFileSync(model, (await loadFixture('resnet18')).model);
    const photo = join(root, 'models/everyday/examples/airplane.svg');
    writeFileSync(join(folder, 'cat.jpg'), readFileSync(photo));
    writeFileSync(script, example.replace("await zooModel('resnet18')", JSON.stringify(model)));
    execFileSync(process.execPath, [script], { cwd: folder });
    const { width, height } = await readImage(join(folder, 'cat.gradcam.png'));
    expect(width).toBeGreaterThan(2 * 512);
    expect(height).toBeGreaterThan(512);
  });
});
