import { suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { ablationcam } from './ablationcam.js';
import { cam } from './cam.js';
import { eigencam } from './eigencam.js';
import { eigengradcam } from './eigengradcam.js';
import { elementwise } from './elementwise.js';
import { fem } from './fem.js';
import { finercam } from './finercam.js';
import { fullgrad } from './fullgrad.js';
import { gradcam } from './gradcam.js';
import { gradcamplusplus } from './gradcamplusplus.js';
import { gradientxinput } from './gradientxinput.js';
import { guidedbackprop } from './guidedbackprop.js';
import { guidedgradcam } from './guidedgradcam.js';
import { hirescam } from './hirescam.js';
import { integratedgradients } from './integratedgradients.js';
import { iscam } from './iscam.js';
import { kpcacam } from './kpcacam.js';
import { layercam } from './layercam.js';
import { legrad } from './legrad.js';
import type { Method } from './method.js';
import { occlusion } from './occlusion.js';
import { random } from './random.js';
import { reciprocam } from './reciprocam.js';
import { refinecam } from './refinecam.js';
import { rise } from './rise.js';
import { rollout } from './rollout.js';
import { saliency } from './saliency.js';
import { scorecam } from './scorecam.js';
import { segeigencam } from './segeigencam.js';
import { shapleycam } from './shapleycam.js';
import { smoothgrad } from './smoothgrad.js';
import { smoothgradcamplusplus } from './smoothgradcamplusplus.js';
import { sscam } from './sscam.js';
import { xgradcam } from './xgradcam.js';

/** Every method, in the order in which lists show them. A new one is a file that reads as its formula, and a line here. */
export const methods: readonly Method[] = [
  gradcam,
  hirescam,
  elementwise,
  gradcamplusplus,
  xgradcam,
  layercam,
  eigencam,
  eigengradcam,
  segeigencam,
  kpcacam,
  fem,
  scorecam,
  ablationcam,
  shapleycam,
  finercam,
  fullgrad,
  refinecam,
  smoothgradcamplusplus,
  sscam,
  iscam,
  reciprocam,
  cam,
  random,
  saliency,
  gradientxinput,
  integratedgradients,
  smoothgrad,
  guidedbackprop,
  guidedgradcam,
  occlusion,
  rise,
  rollout,
  legrad,
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
