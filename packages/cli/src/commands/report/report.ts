import type { ReportProgress } from '@gradcam/report';
import { writeReport } from '@gradcam/report';
import { Presets, SingleBar } from 'cli-progress';
import { EXIT, UsageError } from '../../errors.js';
import type { Io } from '../../io.js';
import { endWith } from '../../output/write.js';
import type { ReportFlags } from './command.js';

/** Findings that are printed; the page has more. */
const SHOWN = 3;

const STAGES: Readonly<Record<ReportProgress['stage'], string>> = {
  table: 'reading the table',
  maps: 'reading the maps',
  clusters: 'classes',
  page: 'making the page',
};

/** Writes the page. @returns exit status */
export async function report(folder: string, flags: ReportFlags, io: Io): Promise<number> {
  if (folder.startsWith('s3://'))
    throw new UsageError(`a report is made of files on this machine: fetch the folder first (aws s3 sync ${folder} results)`);
  const { show, stop } = stageBar(io);
  const made = await endWith(
    writeReport(folder, {
      ...(flags.output !== undefined && { output: flags.output }),
      ...(flags.rows !== undefined && { pageRows: flags.rows }),
      signal: io.signal,
      progress: show,
    }),
  ).finally(stop);
  for (const note of made.notes) io.note(`gradcam: ${note}`);
  const { images, rows, classes, clusters, findings } = made;
  io.out(`${counted(images, 'image')}, ${counted(rows, 'row')}, ${counted(classes, 'class')}, ${counted(clusters, 'cluster')}\n`);
  if (findings.length > 0) io.out('worth a look:\n');
  for (const { label, size, words } of findings.slice(0, SHOWN)) io.out(`  ${label}, ${counted(size, 'image')}: ${words}\n`);
  io.out(`${made.path}\n`);
  return EXIT.done;
}

/** What is done just now, on a terminal only. */
function stageBar({ terminal }: Io): { show(progress: ReportProgress): void; stop(): void } {
  if (terminal === undefined) return { show: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    { stream: terminal, format: '{bar} {what}', clearOnComplete: true, forceRedraw: true, barsize: 30, gracefulExit: false },
    Presets.shades_classic,
  );
  bar.start(1, 0, { what: STAGES.table });
  return {
    show: ({ stage, done, total }) => {
      bar.setTotal(total);
      bar.update(done, { what: stage === 'clusters' ? `${done}/${total} ${STAGES.clusters}` : STAGES[stage] });
    },
    stop: () => bar.stop(),
  };
}

function counted(count: number, what: string): string {
  const plural = what === 'class' ? 'classes' : `${what}s`;
  return `${count} ${count === 1 ? what : plural}`;
}
