import type { Stages } from '@gradcam/jobs';

/** The stages that a picture goes through. */
export type StageName = 'read' | 'explain' | 'draw';

/** When a stage began and ended, waiting for its thread included: milliseconds since 1970, as plain data for another process. */
export interface StageTime {
  readonly stage: StageName;
  readonly begin: number;
  readonly end: number;
  /** Whether it ended in an error. */
  readonly failed: boolean;
}

/** Stages that write down when they were. */
export function timedStages(stages: Stages, times: StageTime[]): Stages {
  const timed = async <T>(stage: StageName, work: () => Promise<T>): Promise<T> => {
    const begin = now();
    let failed = true;
    try {
      const value = await work();
      failed = false;
      return value;
    } finally {
      times.push({ stage, begin, end: now(), failed });
    }
  };
  return {
    read: (item) => timed('read', () => stages.read(item)),
    explain: (tensor, target) => timed('explain', () => stages.explain(tensor, target)),
    draw: (drawing) => timed('draw', () => stages.draw(drawing)),
    close: () => stages.close(),
  };
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
