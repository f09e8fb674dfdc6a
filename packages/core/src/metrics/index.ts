import { suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import { adcc } from './adcc.js';
import { arcc } from './arcc.js';
import { averageDrop } from './average-drop.js';
import { averageGain } from './average-gain.js';
import { coherency } from './coherency.js';
import { complexity } from './complexity.js';
import { deletion } from './deletion.js';
import { energyPointingGame } from './energy-pointing-game.js';
import { increase } from './increase.js';
import { infidelity } from './infidelity.js';
import { insertion } from './insertion.js';
import { maskIou } from './mask-iou.js';
import { maxSensitivity } from './max-sensitivity.js';
import type { Metric } from './metric.js';
import { pointingGame } from './pointing-game.js';
import { road } from './road.js';

/** Every metric, in the order in which lists show them. A new one is a file that reads as its formula, and a line here. */
export const metrics: readonly Metric[] = [
  averageDrop,
  increase,
  averageGain,
  deletion,
  insertion,
  road,
  coherency,
  complexity,
  adcc,
  arcc,
  pointingGame,
  energyPointingGame,
  maskIou,
  infidelity,
  maxSensitivity,
];

/** A metric by its name or another spelling of it. @throws GradcamError `unknown-metric` */
export function findMetric(name: string): Metric {
  const wanted = name.toLowerCase();
  const found = metrics.find((metric) => metric.name === wanted || metric.aliases.includes(wanted));
  if (found !== undefined) return found;
  const names = metrics.map((metric) => metric.name);
  throw new GradcamError(
    'unknown-metric',
    `there is no metric named '${name}'${suggestion(wanted, names, 1)}; there are: ${names.join(', ')}`,
  );
}
