import { GradcamError, OnnxGradError } from '@gradcam/core';

/** Exit statuses, as the command line promises them. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Wrong usage that only shows when options are seen together, or once a file was looked at: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An error as one line of a report: its stable code, and what to tell the user. */
export interface ErrorReport {
  readonly code: string;
  readonly message: string;
}

/** Puts any error in one line. What was not raised on purpose is a defect: it says so, and how to see more of it. */
export function describeError(error: unknown): ErrorReport {
  if (error instanceof GradcamError || error instanceof OnnxGradError) return { code: error.code, message: oneLine(error.message) };
  if (error instanceof UsageError) return { code: 'usage', message: oneLine(error.message) };
  const words = oneLine(error instanceof Error ? error.message : String(error));
  return {
    code: 'unexpected',
    message: `unexpected error: ${words} (a defect of gradcam: set GRADCAM_DEBUG=1 to see where, and report it)`,
  };
}

/** The line on standard error about one of several files: it names the file, once. */
export function noteOn(name: string, { message }: ErrorReport): string {
  return `gradcam: ${message.includes(name) ? '' : `${name}: `}${message}`;
}

/** Text without line ends: a message from a file or a runtime may hold some. */
export function oneLine(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/g, ' ').trim();
}
