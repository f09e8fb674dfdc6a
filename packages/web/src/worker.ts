import { expose } from 'comlink';
import { Engine } from './explainer/engine.js';

/** The worker of `openExplainer`. A bundler finds it by itself; `new Worker` of a module that imports `@gradcam/web/worker` is the same. */
expose(new Engine());
