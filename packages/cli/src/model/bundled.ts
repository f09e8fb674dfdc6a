import { fileURLToPath } from 'node:url';

/** The classifier that comes with the command: see models/everyday in the repository. */
export const BUNDLED = {
  name: 'everyday',
  path: fileURLToPath(new URL('../../model/everyday-int8.onnx', import.meta.url)),
  knows: 'airplane, automobile, bird, cat, deer, dog, frog, horse, ship and truck',
} as const;
