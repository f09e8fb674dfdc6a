import { run } from '../run.js';

/** What a run of the command left behind. */
export interface Outcome {
  readonly status: number;
  readonly out: string;
  /** Lines of standard error. */
  readonly err: readonly string[];
}

/** Runs the command in this process. @param input standard input */
export async function gradcam(argv: readonly string[], input: Uint8Array = new Uint8Array(0)): Promise<Outcome> {
  let out = '';
  const err: string[] = [];
  const status = await run(argv, {
    out: (text) => {
      out += text;
    },
    note: (line) => err.push(line),
    terminal: undefined,
    input: async () => input,
    lines: async function* () {
      yield* new TextDecoder().decode(input).split('\n');
    },
    debug: false,
  });
  return { status, out, err };
}

/** The lines of `--json`. */
export function jsonLines(out: string): Record<string, unknown>[] {
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
