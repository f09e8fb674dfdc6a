/** What a command may use of the process around it, so that tests can run it in theirs. */
export interface Io {
  /** Writes to standard output. */
  readonly out: (text: string) => void;
  /** Writes a line to standard error. */
  readonly note: (line: string) => void;
  /** Standard error where it is a terminal, for progress bars. */
  readonly terminal: NodeJS.WritableStream | undefined;
  /** Characters in a line of standard output, where it is a terminal. */
  readonly columns?: number | undefined;
  /** Everything on standard input. @throws GradcamError `limit` */
  readonly input: () => Promise<Uint8Array>;
  /** The lines of standard input, as they come. */
  readonly lines: () => AsyncIterable<string>;
  /** Aborted when the user wants the command to stop. */
  readonly signal?: AbortSignal | undefined;
  /** Show where errors come from. */
  readonly debug: boolean;
}
