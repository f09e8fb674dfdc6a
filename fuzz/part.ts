import { existsSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { smallNetwork } from '../packages/core/src/testing/networks.js';
import { QUANTIZED_FORMS, quantizedNetwork } from '../packages/core/src/testing/quantized.js';
import { transformer, unfolded, windowed } from '../packages/core/src/testing/transformers.js';
import { attempt } from '../packages/onnx-grad/src/testing/fuzz/attempt.js';
import { allCases } from '../packages/onnx-grad/src/testing/fuzz/cases.js';
import { caseModels, handMade, hostile } from '../packages/onnx-grad/src/testing/fuzz/corpus.js';
import { type Group, makeCase } from '../packages/onnx-grad/src/testing/fuzz/fuzz.js';
import { explain } from './explain.js';
import type { Finding, Report } from './report.js';

/** Which cases to run: from, from + step … below to. */
export interface Part {
  readonly seed: string;
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly maxSeconds: number;
  /** Where the number of the current case is written, for whoever watches. */
  readonly file?: number;
}

/** Runs cases in this process. */
export async function fuzzPart({ seed, from, to, step, maxSeconds, file }: Part): Promise<Report> {
  const corpus = await readCorpus();
  const ends: Record<string, number> = {};
  const findings: Finding[] = [];
  const found = (finding: Finding) => {
    console.log(`case ${finding.index}: ${finding.what}`);
    findings.push(finding);
  };
  const count = (end: string) => {
    ends[end] = (ends[end] ?? 0) + 1;
  };
  let slowest = { index: from, seconds: 0 };
  for (let index = from; index < to; index += step) {
    if (file !== undefined) writeSync(file, String(index).padStart(12), 0);
    const { bytes, dice, wasClassifier } = makeCase(corpus, seed, index);
    // The time of this process alone: others may share the machine.
    const start = process.cpuUsage();
    try {
      count(attempt(bytes, dice));
      if (wasClassifier) count(`explained: ${await explain(bytes, dice)}`);
    } catch (error) {
      found({
        index,
        what: error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 8).join(' ') : String(error),
      });
    }
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    if (seconds > slowest.seconds) slowest = { index, seconds };
    if (seconds > maxSeconds) found({ index, what: `took ${seconds.toFixed(1)} s` });
  }
  return { ends, findings, slowest, residentMib: Math.round(process.resourceUsage().maxRSS / 1024) };
}

/** The folder of the repository: this file lies in `fuzz/dist/fuzz`. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Whole networks take longer, and are taken less often. */
async function readCorpus(): Promise<Group[]> {
  return [
    { share: 75, models: caseModels(await allCases()) },
    { share: 8, models: handMade() },
    { share: 4, models: hostile() },
    { share: 10, models: classifiers(), classifiers: true },
    { share: 3, models: networks(), classifiers: true },
  ];
}

/** Small classifiers of each kind whose layers are recognised. */
function classifiers(): Uint8Array[] {
  return [
    ...(['logits', 'Softmax', 'LogSoftmax', 'Sigmoid'] as const).map((end) => smallNetwork({ end })),
    smallNetwork({ layout: 'NHWC', side: 'side', batch: 2 }),
    smallNetwork({ side: 2 ** 26 }),
    ...QUANTIZED_FORMS.map((form) => quantizedNetwork(form)),
    ...[transformer(), transformer({ open: true, before: 0, reads: 'mean' }), windowed(), unfolded()],
  ];
}

/** The bundled model, and the fixtures without their weights. */
function networks(): Uint8Array[] {
  const found: Uint8Array[] = [];
  const everyday = `${root}models/everyday/everyday-int8.onnx`;
  if (existsSync(everyday)) found.push(readFileSync(everyday));
  const fixtures = `${root}../shared/fixtures/`;
  const names = existsSync(fixtures) ? readdirSync(fixtures) : [];
  for (const name of names) {
    const file = `${fixtures}${name}/skeleton.onnx.gz`;
    if (existsSync(file)) found.push(gunzipSync(readFileSync(file)));
  }
  if (names.length === 0) console.log('../shared/fixtures is not there: no networks of fixtures are harmed');
  return found;
}
