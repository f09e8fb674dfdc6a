import { CommanderError } from 'commander';
import { describeError, EXIT, UsageError } from './errors.js';
import type { Io } from './io.js';
import { createProgram } from './program.js';

/**
 * Runs the command.
 *
 * @param argv arguments, without those of Node.js itself
 * @returns exit status: 0 done, 1 failed, 2 wrong usage
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  let status: number = EXIT.done;
  const program = createProgram(io, (result) => {
    status = result;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return status;
  } catch (error) {
    // Commander has already written its message: help and version are no errors.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage;
    io.note(`gradcam: ${describeError(error).message}`);
    if (io.debug && error instanceof Error) io.note(error.stack ?? '');
    return error instanceof UsageError ? EXIT.usage : EXIT.failed;
  }
}
