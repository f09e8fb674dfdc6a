import { existsSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { attempt } from '../packages/onnx-grad/src/testing/fuzz/attempt.js';
import { allCases } from '../packages/onnx-grad/src/testing/fuzz/cases.js';
import { caseModels, handMade } from '../packages/onnx-grad/src/testing/fuzz/corpus.js';
import { type Corpus, makeCase } from '../packages/onnx-grad/src/testing/fuzz/fuzz.js';
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
  let slowestSeconds = 0;
  for (let index = from; index < to; index += step) {
    if (file !== undefined) writeSync(file, String(index).padStart(12), 0);
    const { bytes, dice } = makeCase(corpus, seed, index);
    // The time of this process alone: others may share the machine.
    const start = process.cpuUsage();
    try {
      const end = attempt(bytes, dice);
      ends[end] = (ends[end] ?? 0) + 1;
    } catch (error) {
      found({
        index,
        what: error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 8).join(' ') : String(error),
      });
    }
    const { user, system } = process.cpuUsage(start);
    const seconds = (user + system) / 1e6;
    slowestSeconds = Math.max(slowestSeconds, seconds);
    if (seconds > maxSeconds) found({ index, what: `took ${seconds.toFixed(1)} s` });
  }
  return { ends, findings, slowestSeconds, residentMib: Math.round(process.resourceUsage().maxRSS / 1024) };
}

/** The folder of the repository: this file lies in `fuzz/dist/fuzz`. */
const root = fileURLToPath(new URL('../../../', import.meta.url));

async function readCorpus(): Promise<Corpus> {
  const large: Uint8Array[] = [];
  const everyday = `${root}models/everyday/everyday-int8.onnx`;
  if (existsSync(everyday)) large.push(readFileSync(everyday));
  const fixtures = `${root}../shared/fixtures/`;
  const names = existsSync(fixtures) ? readdirSync(fixtures) : [];
  for (const name of names) {
    const file = `${fixtures}${name}/skeleton.onnx.gz`;
    if (existsSync(file)) large.push(gunzipSync(readFileSync(file)));
  }
  if (names.length === 0) console.log('../shared/fixtures is not there: no networks of fixtures are harmed');
  return { small: [...handMade(), ...caseModels(await allCases())], large };
}
