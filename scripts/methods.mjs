/**
 * Writes docs/methods.md from the methods, metrics and targets themselves: `node scripts/methods.mjs` after a build; with `--check` it only says
 * whether it is up to date.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const path = fileURLToPath(new URL('../docs/methods.md', import.meta.url));
const command = fileURLToPath(new URL('../packages/cli/bin/gradcam.js', import.meta.url));

function list(...flags) {
  const out = execFileSync(process.execPath, [command, 'methods', '--json', ...flags], { encoding: 'utf8' });
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

function link(source) {
  const arxiv = /^arXiv (\S+)$/.exec(source);
  if (arxiv) return `[${arxiv[1]}](https://arxiv.org/abs/${arxiv[1]})`;
  const doi = /^(.*?)(?:doi )?(10\.\S+)$/.exec(source);
  if (doi) return `${doi[1]}[${doi[2]}](https://doi.org/${doi[2]})`;
  if (source.startsWith('hal-')) return `[${source}](https://hal.science/${source})`;
  return source.startsWith('github.com/') ? `[${source.split('/').at(-1)}](https://${source})` : source;
}

const row = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

const methods = list();
const groups = [...new Set(methods.map(({ group }) => group))].map((group) => {
  const rows = methods
    .filter((method) => method.group === group)
    .map(({ name, title, summary, needs, cost, exportable, source }) => [
      `\`${name}\``,
      title,
      summary,
      needs,
      cost,
      exportable ? 'yes' : 'no',
      link(source),
    ]);
  return `### ${group}\n\n${table(['name', '', 'shows', 'needs', 'costs, beside a prediction', 'export', 'published in'], rows)}`;
});
const metrics = list('--metrics').map(({ name, title, summary, better, needs, cost, source }) => [
  `\`${name}\``,
  title,
  summary,
  better,
  needs === 'region' ? 'boxes or masks' : '',
  cost,
  link(source),
]);
const targets = list('--targets').map(({ name, summary }) => [`\`${name}\``, summary]);

const text = `# Methods, metrics, targets

<!-- written by scripts/methods.mjs -->

The same lists: \`gradcam methods\`, \`gradcam methods --metrics\`, \`gradcam methods --targets\`; all of one method: \`gradcam methods NAME\`. Pictures: [gallery.md](gallery.md); measured on photographs: [evaluation.md](evaluation.md).

## Methods

For \`--method\`, as many as wanted. Methods that can be exported are answered by one run of the model that \`gradcam export\` writes.

${groups.join('\n\n')}

## Metrics

For \`gradcam evaluate --metric\`.

${table(['name', '', 'measures', 'better', 'needs', 'costs', 'published in'], metrics)}

## Targets

For \`--target\`: the score that is explained.

${table(['name', 'is'], targets)}
`;

if (process.argv.includes('--check')) {
  if ((await readFile(path, 'utf8')) !== text) {
    console.error('docs/methods.md is out of date: node scripts/methods.mjs');
    process.exitCode = 1;
  }
} else await writeFile(path, text);
