import { nodeRuntime, readModelFile } from '@gradcam/node';
import { openSide, type Side } from './sides.js';

// A process of its own for each measurement: reads a model, opens it, runs it once, and prints its peak memory in kB.
const [side = 'plain', path = ''] = process.argv.slice(2);
const opened = await openSide(side as Side, await nodeRuntime(), await readModelFile(path), 1);
await opened.run();
opened.draw?.();
console.log(process.resourceUsage().maxRSS);
