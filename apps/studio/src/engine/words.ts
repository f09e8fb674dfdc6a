import type { TransferHandler } from 'comlink';
import { transferHandlers } from 'comlink';

/** What went wrong, as it travels from the worker to the page. */
export interface Problem {
  /** A `GradcamErrorCode`, or of `OnnxGradError`; '' where it was neither. */
  readonly code: string;
  readonly message: string;
}

/** An error of the engine on the page's side: the same code, the same words. */
export class EngineError extends Error {
  override readonly name = 'EngineError';

  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Any thrown value as a problem. */
export function problemOf(error: unknown): Problem {
  const message = error instanceof Error ? error.message : String(error);
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return { code: typeof code === 'string' ? code : '', message };
}

/** Errors keep their code on the way through comlink, whose own handler hands on name and message alone. To be called on both sides. */
export function carryCodes(): void {
  const thrown = transferHandlers.get('throw');
  if (thrown === undefined) return;
  const handler: TransferHandler<{ value: unknown }, Problem> = {
    canHandle: (value): value is { value: unknown } => thrown.canHandle(value),
    serialize: ({ value }) => [problemOf(value), []],
    deserialize: ({ code, message }) => {
      throw new EngineError(code, message);
    },
  };
  transferHandlers.set('throw', handler);
}
