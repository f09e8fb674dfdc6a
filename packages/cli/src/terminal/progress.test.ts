import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Io } from '../io.js';
import { downloadBar, imagesBar } from './progress.js';

/** A command in front of a terminal, or not; what it wrote there. */
function makeIo(isTerminal: boolean) {
  const notes: string[] = [];
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 100 });
  const io: Io = {
    out: () => undefined,
    note: (line) => notes.push(line),
    terminal: isTerminal ? terminal : undefined,
    input: async () => new Uint8Array(0),
    lines: async function* () {},
    debug: false,
  };
  return { io, notes, written: () => String(terminal.read() ?? '') };
}

describe('imagesBar', () => {
  it('counts images on a terminal, and steps aside for what is printed', () => {
    const { io, written } = makeIo(true);
    const bar = imagesBar(io, 2);
    bar.step();
    let before = '';
    bar.aside(() => {
      before = written();
    });
    bar.step();
    bar.stop();
    expect(before).toContain('0/2 images');
    expect(before).toMatch(/1\/2 images, about \d+ s left/);
    // The line is cleared before anything is printed.
    expect(before.endsWith('\u001b[2K')).toBe(true);
    expect(written()).toContain('2/2 images');
  });

  it('counts the runs of a slow method, beside the images where there are several', () => {
    const one = makeIo(true);
    const bar = imagesBar(one.io, 1);
    bar.runs(8, 32, 'scorecam');
    bar.runs(32, 32, 'scorecam');
    bar.stop();
    expect(one.written()).toMatch(/32\/32 runs of scorecam/);
    const two = makeIo(true);
    const both = imagesBar(two.io, 2);
    both.runs(8, 32, 'scorecam');
    both.stop();
    expect(two.written()).toMatch(/0\/2 images, scorecam 8\/32/);
  });

  it('leaves the terminal at once when the command is to stop', () => {
    const { io, written } = makeIo(true);
    const controller = new AbortController();
    const bar = imagesBar({ ...io, signal: controller.signal }, 2);
    written();
    controller.abort();
    expect(written().endsWith('\u001b[2K')).toBe(true);
    bar.runs(8, 32, 'scorecam');
    expect(written()).toBe('');
  });

  it.each([
    [false, 5],
    [true, 1],
  ])('is nothing where there is no terminal or only one image (%s, %i)', (isTerminal, images) => {
    const { io, written } = makeIo(isTerminal);
    const bar = imagesBar(io, images);
    bar.step();
    bar.aside(() => undefined);
    bar.stop();
    expect(written()).toBe('');
  });
});

describe('downloadBar', () => {
  const piece = (received: number) => ({ name: 'resnet18', received, total: 46_748_516 });

  it('shows megabytes on a terminal', () => {
    const { io, written } = makeIo(true);
    const bar = downloadBar(io);
    bar.onProgress(piece(0));
    bar.onProgress(piece(20_000_000));
    bar.stop();
    expect(written()).toMatch(/fetching resnet18.*20\/46\.7 MB/s);
  });

  it('is one line elsewhere', () => {
    const { io, notes } = makeIo(false);
    const bar = downloadBar(io);
    for (const received of [0, 1e6, 2e6]) bar.onProgress(piece(received));
    bar.stop();
    expect(notes).toEqual(['gradcam: fetching the model resnet18 (46.7 MB), once']);
  });
});
