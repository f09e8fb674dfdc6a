import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { example } from './testing/files.js';
import { gradcam } from './testing/run.js';

const version = (JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }).version;

describe('help and version', () => {
  it('prints the version', async () => {
    expect(await gradcam(['--version'])).toEqual({ status: 0, out: `${version}\n`, err: [] });
  });

  it.each([[[]], [['explain']], [['layers']], [['gradient']], [['export']], [['factorize']], [['methods']], [['studio']]])(
    'has examples: gradcam %j --help',
    async (command: string[]) => {
      const { status, out, err } = await gradcam([...command, '--help']);
      expect([status, err]).toEqual([0, []]);
      expect(out).toContain('Usage: gradcam');
      expect(out).toContain(`Examples:\n  $ gradcam ${command[0] ?? 'explain'}`);
      for (const line of out.split('\n').filter((text) => text.startsWith('  $ '))) expect(line.length).toBeLessThan(140);
    },
  );
});

describe('wrong usage is exit status 2 and one line', () => {
  const photo = example('ship.svg');
  it.each<[string, string[], string | RegExp]>([
    ['unknown option', ['explain', photo, '--overlya'], "unknown option '--overlya' (Did you mean --overlay?)"],
    ['unknown command', ['explane', photo], "unknown command 'explane' (Did you mean explain?)"],
    ['no image', ['explain'], "missing required argument 'image'"],
    ['no value', ['explain', photo, '--model'], "option '-m, --model <model>' argument missing"],
    ['empty value', ['explain', photo, '--output', ''], 'it is empty'],
    ['colour map', ['explain', photo, '--colormap', 'viridus'], "did you mean 'viridis'? there are: jet, viridis, inferno, turbo, greys"],
    ['device', ['explain', photo, '--device', 'cdua'], "did you mean 'cuda'?"],
    ['optimisation', ['explain', photo, '--optimization', 'bsic'], "did you mean 'basic'?"],
    ['method', ['explain', photo, '--method', 'gradcan'], "did you mean 'gradcam'?"],
    ['compat', ['explain', photo, '--compat', 'torch-cam'], 'there are: pytorch-grad-cam'],
    ['preprocessing', ['explain', photo, '--preprocess', 'imagnet'], "did you mean 'imagenet'?"],
    ['alpha', ['explain', photo, '--alpha', '1.5'], 'expected a number from 0 to 1'],
    ['alpha that is no number', ['explain', photo, '--alpha', 'half'], 'expected a number from 0 to 1'],
    ['threads', ['explain', photo, '--threads', '0'], 'expected a whole number from 1 to'],
    ['top', ['explain', photo, '--top', '2.5'], 'expected a whole number from 1 to'],
    ['standard input twice', ['explain', '-', '-'], "'-' was given twice"],
    [
      'gradient without of',
      ['gradient', '--input', 'x.npy', '--wrt', 'x', '--output', 'g.npy'],
      "required option '--of <value>' not specified",
    ],
    [
      'gradient class',
      ['gradient', '--input', 'x.npy', '--of', 'y', '--wrt', 'x', '--output', 'g.npy', '--class', 'cat'],
      'expected a whole number',
    ],
    ['export both', ['export', '--output', 'x.onnx', '--class', '1', '--class-input'], "cannot be used with option '-c, --class"],
    ['excess argument', ['layers', 'net.onnx'], 'too many arguments'],
  ])('%s', async (_, argv, words) => {
    const { status, out, err } = await gradcam(argv);
    expect(err.at(-1)).toMatch(typeof words === 'string' ? new RegExp(words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : words);
    expect([status, out]).toEqual([2, '']);
    expect(err.filter((line) => line.includes('\n'))).toEqual([]);
    expect(err.at(-1)).toMatch(/^gradcam: /);
  });

  it('without a command: the help, on standard error', async () => {
    const { status, out, err } = await gradcam([]);
    expect([status, out]).toEqual([2, '']);
    expect(err.join('\n')).toContain('Usage: gradcam');
  });
});
