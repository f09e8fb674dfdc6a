import { suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { elementwise } from './elementwise.js';
import { fem } from './fem.js';
import { finercam } from './finercam.js';
import { gradcam } from './gradcam.js';
import { gradcamplusplus } from './gradcamplusplus.js';
import { hirescam } from './hirescam.js';
import { layercam } from './layercam.js';
import type { Method } from './method.js';
import { saliency } from './saliency.js';
import { shapleycam } from './shapleycam.js';
import { xgradcam } from './xgradcam.js';

/** Every method, in the order in which lists show them. A new one is a file that reads as its formula, and a line here. */
export const methods: readonly Method[] = [
  gradcam,
  hirescam,
  elementwise,
  gradcamplusplus,
  xgradcam,
  layercam,
  fem,
  shapleycam,
  finercam,
  saliency,
];

/** A method by its name or another spelling of it. @throws GradcamError `unknown-method` */
export function findMethod(name: string): Method {
  const wanted = name.toLowerCase();
  const found = methods.find((method) => method.name === wanted || method.aliases.includes(wanted));
  if (found !== undefined) return found;
  const names = methods.map((method) => method.name);
  throw new GradcamError(
    'unknown-method',
    `there is no method named '${name}'${suggestion(wanted, names, 1)}; there are: ${names.join(', ')}`,
  );
}
