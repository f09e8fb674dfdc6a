import type { Command } from 'commander';
import type { Io } from '../io.js';

/** Makes a subcommand whose work gives an exit status. */
export type AddCommand = (program: Command, io: Io, finish: (status: number) => void) => void;
