/**
 * The outside judge: ONNX's own operator tests. Each is run through ONNX Runtime; the gradient of a random projection of its floating-point
 * outputs to its floating-point inputs is appended to it, and compared with directional derivatives.
 *
 *   npx tsc -b packages/onnx-grad; node scripts/operator-tests.mjs [FOLDER] [--filter TEXT] [--verbose] [--write | --check]
 *
 * FOLDER (default: ../shared/onnx-node-tests) has NAME/model.onnx and NAME/data.safetensors with tensors `in.*` and `out.*`. `--filter` keeps the
 * tests whose names contain TEXT, `--verbose` prints a line for each. `--write` puts the score into the READMEs, `--check` says whether it
 * stands there. The exit status is 1 if any is wrong, or the score another.
 *
 * Differences are central, extrapolated (Richardson), with an estimate of their own error; they are computed in double precision where ONNX
 * Runtime has the operators for it, whatever the test's own type (`lift.mjs`). Where the two one-sided slopes differ, the point lies at a
 * kink: the inputs are moved by a small random amount and tried again. An input to which no gradient flows must have differences of zero.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readModel } from '../packages/onnx-grad/dist/index.js';
import { judge } from './operator-tests/judge.mjs';
import { readSafetensors } from './operator-tests/tensors.mjs';

const OUTCOMES = {
  right: 'right',
  refused: 'refused with a reason',
  wrong: 'wrong',
  undecided: 'undecided: no difference can be believed',
  none: 'nothing to differentiate',
  random: 'random',
  unrunnable: 'ONNX Runtime cannot run it',
};

const flag = { type: 'boolean', default: false };
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { filter: { type: 'string', default: '' }, verbose: flag, write: flag, check: flag },
});
const folder = positionals[0] ?? fileURLToPath(new URL('../../shared/onnx-node-tests', import.meta.url));
if (!existsSync(folder)) {
  console.log(`operator tests: skipped, ${folder} is not there`);
  process.exit(0);
}

const results = [];
for (const name of readdirSync(folder).sort()) {
  if (!existsSync(`${folder}/${name}/model.onnx`) || !name.includes(values.filter)) continue;
  const bytes = new Uint8Array(readFileSync(`${folder}/${name}/model.onnx`));
  const result = await judgeOne(name, bytes);
  results.push({ name, operator: operatorOf(bytes), ...result });
  if (values.verbose || result.outcome === 'wrong') console.log(`${result.outcome.padEnd(10)} ${name}: ${result.reason}`);
}

async function judgeOne(name, bytes) {
  let data;
  try {
    data = readSafetensors(`${folder}/${name}/data.safetensors`);
  } catch (error) {
    return { outcome: 'unrunnable', reason: error.message };
  }
  return judge(name, bytes, data);
}

/** The operator that a test is of. Those of several nodes spell out the definition of one. */
function operatorOf(bytes) {
  const { nodes } = readModel(bytes);
  const real = nodes.filter(({ opType }) => opType !== 'Constant');
  return real.length === 1 ? real[0].opType : 'several nodes';
}

const of = (outcome) => results.filter((result) => result.outcome === outcome);
const operators = [...new Set(results.map(({ operator }) => operator))].sort();
const shown = Object.keys(OUTCOMES).filter((outcome) => of(outcome).length > 0);
const width = Math.max(8, ...operators.map((operator) => operator.length));
console.log(`\n${'operator'.padEnd(width)} ${shown.map((outcome) => outcome.padStart(11)).join('')}`);
for (const operator of operators) {
  const counts = shown.map((outcome) => results.filter((result) => result.operator === operator && result.outcome === outcome).length);
  console.log(`${operator.padEnd(width)} ${counts.map((number) => String(number || '').padStart(11)).join('')}`);
}
const scored = Object.keys(OUTCOMES).filter((outcome) => outcome === 'wrong' || shown.includes(outcome));
const score = `${results.length} tests: ${scored.map((outcome) => `${of(outcome).length} ${OUTCOMES[outcome]}`).join(', ')}`;
console.log(`\n${score}`);
if (of('wrong').length > 0) process.exitCode = 1;
if (values.write || values.check) publish(`${score}.`);

/** Puts the score between its markers in the READMEs that have them, or says that another one stands there. */
function publish(line) {
  for (const name of ['README.md', 'packages/onnx-grad/README.md']) {
    const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
    const readme = readFileSync(path, 'utf8');
    const updated = readme.replace(/(<!-- score -->)[\s\S]*?(<!-- \/score -->)/, (_, begin, end) => `${begin}\n\n${line}\n\n${end}`);
    if (updated === readme) continue;
    if (values.write) writeFileSync(path, updated);
    else {
      console.error(`operator tests: the score in ${name} is another: run this with --write`);
      process.exitCode = 1;
    }
  }
}
