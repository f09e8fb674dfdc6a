/**
 * Harms models and gives them to onnx-grad, and those of classifiers to the explainer: `npm run fuzz -- --cases 200000 --seed 1 --processes 2`, or
 * `--case 17` for one of them alone.
 *
 * The cases run in processes of their own, which may die: a case that throws anything but our own errors, takes too long, or takes the
 * process down is a finding, and the next process goes on behind it. Every case is the same in every run of its seed.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fuzzPart } from './part.js';
import type { Finding, Report } from './report.js';

/** Seconds of computing that one case may take: functions are put in place up to 50 000 nodes, which takes one. */
const MAX_CASE_SECONDS = 5;
/** Seconds without a new case after which a process hangs. */
const MAX_SILENCE_SECONDS = 60;
/** Mebibytes of JavaScript's memory in a process, and of all its memory: the largest network has 3 MB. */
const MAX_HEAP_MIB = 512;
const MAX_RESIDENT_MIB = 1024;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    processes: { type: 'string', default: '1' },
    case: { type: 'string' },
    from: { type: 'string' },
    step: { type: 'string' },
    progress: { type: 'string' },
  },
});

const { seed } = values;
const cases = Number(values.cases);
if (values.progress !== undefined) {
  const file = openSync(values.progress, 'w');
  const report = await fuzzPart({
    seed,
    from: Number(values.from),
    to: cases,
    step: Number(values.step),
    maxSeconds: MAX_CASE_SECONDS,
    file,
  });
  closeSync(file);
  process.send?.(report);
} else if (values.case !== undefined) {
  const at = Number(values.case);
  const { ends } = await fuzzPart({ seed, from: at, to: at + 1, step: 1, maxSeconds: MAX_CASE_SECONDS });
  console.log(ends);
} else {
  process.exitCode = await everything(Number(values.processes));
}

/** Runs all cases, as many processes at once as are asked for. @returns the exit status */
async function everything(processes: number): Promise<number> {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
  const parts = await Promise.all(Array.from({ length: processes }, (_, part) => wholePart(part, processes, join(folder, `${part}`))));
  rmSync(folder, { recursive: true });
  const reports = parts.flat();
  const findings = reports.flatMap((report) => report.findings);
  const ends: Record<string, number> = {};
  for (const report of reports) for (const [end, count] of Object.entries(report.ends)) ends[end] = (ends[end] ?? 0) + count;
  const resident = Math.max(...reports.map((report) => report.residentMib));
  if (resident > MAX_RESIDENT_MIB) findings.push({ index: -1, what: `${resident} MiB of memory, more than ${MAX_RESIDENT_MIB}` });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const slowest = reports.map((report) => report.slowest).reduce((one, other) => (one.seconds > other.seconds ? one : other));
  console.log(
    `${cases} cases of seed ${seed} in ${seconds} s, at most ${resident} MiB, the slowest case ${slowest.index} with ${slowest.seconds.toFixed(2)} s: ${JSON.stringify(ends)}`,
  );
  console.log(findings.length === 0 ? 'nothing found' : `${findings.length} findings`);
  return findings.length === 0 ? 0 : 1;
}

/** Every `step`-th case, in one process after the other where they die. */
async function wholePart(from: number, step: number, progress: string): Promise<Report[]> {
  const reports: Report[] = [];
  for (let next = from; next < cases; ) {
    const child = fork(
      fileURLToPath(import.meta.url),
      [`--cases=${cases}`, `--seed=${seed}`, `--from=${next}`, `--step=${step}`, `--progress=${progress}`],
      { execArgv: [`--max-old-space-size=${MAX_HEAP_MIB}`], stdio: ['ignore', 'inherit', 'ignore', 'ipc'] },
    );
    const ended = await end(child, progress);
    if (typeof ended === 'object') {
      reports.push(ended);
      break;
    }
    const { index, what } = { index: lastCase(progress), what: ended } satisfies Finding;
    console.log(`case ${index}: ${what}`);
    reports.push({ ends: {}, findings: [{ index, what }], slowest: { index, seconds: 0 }, residentMib: 0 });
    next = Math.max(next, index) + step;
  }
  return reports;
}

/** The report of a process, or why there is none. */
function end(child: ChildProcess, progress: string): Promise<Report | string> {
  return new Promise((resolve) => {
    let seen = -1;
    let silent = 0;
    const watch = setInterval(() => {
      const now = lastCase(progress);
      silent = now === seen ? silent + 1 : 0;
      seen = now;
      if (silent < MAX_SILENCE_SECONDS) return;
      child.kill('SIGKILL');
      finish(`no end after ${MAX_SILENCE_SECONDS} s`);
    }, 1000);
    const finish = (result: Report | string) => {
      clearInterval(watch);
      resolve(result);
    };
    child.once('message', (report: Report) => finish(report));
    child.once('exit', (code, signal) => finish(`the process died (${signal ?? code})`));
  });
}

function lastCase(progress: string): number {
  try {
    return Number(readFileSync(progress, 'utf8')) || 0;
  } catch {
    return 0;
  }
}
