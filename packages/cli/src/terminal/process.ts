import { createInterface } from 'node:readline';
import { GradcamError } from '@gradcam/core';
import { UsageError } from '../errors.js';
import type { Io } from '../io.js';

/** Bytes of standard input, as of an image file. */
const MAX_INPUT_BYTES = 2 ** 28;

/** The process that the command runs in. @param signal aborted when the command is to stop */
export function processIo(signal: AbortSignal): Io {
  // A reader that has seen enough (`| head`) closes the pipe: what is left to say is dropped, what is left to do is done.
  process.stdout.on('error', ignoreClosedPipe);
  process.stderr.on('error', ignoreClosedPipe);
  return {
    out: (text) => void process.stdout.write(text),
    note: (line) => void process.stderr.write(`${line}\n`),
    terminal: process.stderr.isTTY ? process.stderr : undefined,
    columns: process.stdout.columns,
    input: readStandardInput,
    lines: readLines,
    signal,
    debug: Boolean(process.env['GRADCAM_DEBUG']),
  };
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function readLines(): AsyncIterable<string> {
  if (process.stdin.isTTY)
    throw new UsageError("'-' reads a list of images from standard input, but that is a terminal: pipe a list into it");
  return createInterface({ input: process.stdin });
}

async function readStandardInput(): Promise<Uint8Array> {
  if (process.stdin.isTTY) throw new UsageError("'-' reads an image from standard input, but that is a terminal: pipe a file into it");
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin) {
    if (!Buffer.isBuffer(part)) continue;
    length += part.length;
    if (length > MAX_INPUT_BYTES)
      throw new GradcamError('limit', `expected an image of at most ${MAX_INPUT_BYTES} bytes on standard input, but it is longer`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
