/**
 * Writes the tables of operators into the READMEs, from the table of rules itself: all of it into the package's, names alone into the project's.
 * `node scripts/operators.mjs` after a build; with `--check` it only says whether they are up to date.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { knownOperators, refusals, rules, stops } from '../packages/onnx-grad/dist/index.js';

const READMES = [
  { path: '../README.md', text: summary },
  { path: '../packages/onnx-grad/README.md', text: tables },
].map(({ path, text }) => ({ path: fileURLToPath(new URL(path, import.meta.url)), text }));
const check = process.argv.includes('--check');
const BEGIN = '<!-- operators -->';
const END = '<!-- /operators -->';

function opsets({ since, until }) {
  if (until === Number.POSITIVE_INFINITY) return since === 1 ? 'all' : `from ${since}`;
  return since === 1 ? `to ${until}` : `${since} to ${until}`;
}

const inputs = ({ inputs: indices }) => (indices === 'all' ? 'all' : indices.join(', '));
const apart = { always: 'yes', depends: 'depends', never: 'not proved' };

/** A Markdown table with its columns aligned, as the formatter has it. */
function aligned(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (cells) => `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

const listed = (names) => [...names].sort().join(', ');

function summary() {
  const names = knownOperators();
  const standard = names.filter((name) => !name.includes('.'));
  const others = names.filter((name) => name.includes('.'));
  return [
    `${standard.length} operators of the standard have rules: ${standard.join(', ')}.`,
    '',
    `So do ${others.length} of ONNX Runtime's own: ${others.map((name) => name.slice(name.lastIndexOf('.') + 1)).join(', ')}.`,
  ].join('\n');
}

function tables() {
  const named = ({ domain, operator }) => (domain === '' ? operator : `${domain}.${operator}`);
  const order = (one, other) => (named(one) === named(other) ? one.since - other.since : named(one) < named(other) ? -1 : 1);
  const rows = [...rules].sort(order).map((rule) => [named(rule), opsets(rule), inputs(rule), apart[rule.apart]]);
  const reasons = [...new Set(refusals.values())].map(({ why, instead }) => {
    const names = [...refusals].filter(([, refusal]) => refusal.why === why).map(([name]) => name);
    return [listed(names), why, instead];
  });
  return [
    aligned([['operator', 'operator sets', 'inputs with a gradient', 'rows kept apart'], ...rows]),
    '',
    `No gradient flows through: ${listed(stops)}; nor through any value that is not a number.`,
    '',
    'Refused on the path, in these words:',
    '',
    aligned([['operators', 'why', 'what to do'], ...reasons]),
  ].join('\n');
}

let outdated = false;
for (const { path, text } of READMES) {
  const readme = await readFile(path, 'utf8');
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${path} lacks the markers ${BEGIN} and ${END}`);
  const updated = `${readme.slice(0, begin + BEGIN.length)}\n\n${text()}\n\n${readme.slice(end)}`;
  if (updated === readme) continue;
  outdated = true;
  if (!check) await writeFile(path, updated);
}
if (!outdated) console.log('operators: the tables are up to date');
else if (!check) console.log('operators: the tables were written');
else {
  console.error('operators: the tables in the READMEs are out of date: run `npm run build && node scripts/operators.mjs`');
  process.exitCode = 1;
}
