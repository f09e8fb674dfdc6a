import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { GradcamError } from '@gradcam/core';
import { MAX_IMAGE_BYTES, MAX_SVG_BYTES, MAX_SVG_SECONDS } from '../limits.js';

/** A drawing has no size of its own in pixels: its longer side is drawn this long at least and at most. */
const MIN_SIDE = 512;
const MAX_SIDE = 2048;

/** Whether the bytes are text in angle brackets, or compressed: what may be an SVG and must not be parsed in this process. */
export function mayBeSvg(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  return /^(?:\xEF\xBB\xBF)?\s*</.test(start) || isGzip(bytes);
}

/**
 * Draws an SVG on white, its longer side 512 to 2048 pixels long, as PNG bytes.
 *
 * An SVG is a program more than a picture: filters and nested references can keep the renderer busy for days, and
 * its thread cannot be stopped. So it is drawn in a process of its own, which can. The renderer itself follows no
 * references to other files or hosts.
 *
 * @param seconds after which the drawing is given up
 * @throws GradcamError `invalid-image` or `limit`
 */
export async function drawSvg(bytes: Uint8Array, name: string, seconds = MAX_SVG_SECONDS): Promise<Uint8Array> {
  if (isGzip(bytes))
    throw new GradcamError('invalid-image', `Expected an image, but '${name}' is compressed by gzip; uncompress it first.`);
  if (bytes.length > MAX_SVG_BYTES) {
    throw new GradcamError(
      'limit',
      `Expected an SVG of at most ${MAX_SVG_BYTES} bytes, but '${name}' has ${bytes.length}; convert it to PNG.`,
    );
  }
  const { status, output, words } = await runRenderer(bytes, seconds);
  if (status === 0) return output;
  if (status === null) {
    throw new GradcamError(
      'limit',
      `Drawing the SVG '${name}' took more than ${seconds} seconds; convert it to PNG with a drawing program.`,
    );
  }
  const reason = words.replaceAll('Input buffer has corrupt header: ', '').split('\n', 1).join('').trim();
  throw new GradcamError('invalid-image', `The SVG '${name}' cannot be drawn: ${reason || 'the renderer crashed'}.`);
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** Runs in the other process: reads the SVG from standard input, writes a PNG on standard output. */
function rendererSource(): string {
  const sharp = pathToFileURL(createRequire(import.meta.url).resolve('sharp')).href;
  return `
    import sharp from ${JSON.stringify(sharp)};
    try {
      const parts = [];
      for await (const part of process.stdin) parts.push(part);
      const svg = Buffer.concat(parts);
      const { width, height } = await sharp(svg, { limitInputPixels: false }).metadata();
      const side = Math.max(width, height);
      const density = 72 * Math.min(Math.max(1, ${MIN_SIDE} / side), ${MAX_SIDE} / side);
      const picture = sharp(svg, { density: Math.min(Math.max(density, 1), 100000), limitInputPixels: ${4 * MAX_SIDE * MAX_SIDE} });
      process.stdout.write(await picture.flatten({ background: '#fff' }).png({ compressionLevel: 1 }).toBuffer());
    } catch (error) {
      process.stderr.write('\\n' + error.message);
      process.exitCode = 1;
    }`;
}

interface Rendered {
  /** Exit status; null where the process had to be stopped. */
  readonly status: number | null;
  readonly output: Uint8Array;
  readonly words: string;
}

function runRenderer(svg: Uint8Array, seconds: number): Promise<Rendered> {
  return new Promise((resolve, reject) => {
    // Without NODE_OPTIONS: what a debugger or a coverage tool asks of this process is not meant for that one.
    const { NODE_OPTIONS: _, ...env } = process.env;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', rendererSource()], { env, windowsHide: true });
    const output: Buffer[] = [];
    let words = '';
    let length = 0;
    let stopped = false;
    const stop = () => {
      stopped = true;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(stop, seconds * 1000);
    child.stdout.on('data', (part: Buffer) => {
      length += part.length;
      if (length > MAX_IMAGE_BYTES) stop();
      else output.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      if (words.length < 10_000) words += part.toString();
    });
    // It may end before it has read everything; what it says of that comes on standard error.
    child.stdin.on('error', () => undefined);
    child.stdin.end(svg);
    child.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({
        status: stopped ? null : (status ?? 1),
        output: Buffer.concat(output),
        words: words.split('\n').filter(Boolean).at(-1) ?? '',
      });
    });
  });
}
