import { run } from './run.js';
import { endCleanly } from './terminal/interrupt.js';
import { processIo } from './terminal/process.js';

const signal = endCleanly();
process.exitCode = await run(process.argv.slice(2), processIo(signal));
