import { readPicture, webRuntime } from '@gradcam/web';
import { expose } from 'comlink';
import { Engine } from './engine.js';
import { carryCodes } from './words.js';

carryCodes();
// Exposed at once: what the page asks while WebAssembly is still on its way waits for it in the engine.
expose(new Engine(webRuntime(), readPicture));
