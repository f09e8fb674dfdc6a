import type { Value } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { BoxScores } from '../model/score.js';
import { indicator } from './rows.js';
import type { Choices, Said, Target } from './target.js';

/**
 * A detection's score: objectness × class score where the layout has both, else the class score.
 *
 * @param index the box, as the output counts them; default: of each class the box with the best score
 */
export function boxScore(index?: number): Target {
  return {
    name: 'box',
    summary: 'the class score of a box: of the best one of the class, or of one that is named',
    explains: ['boxes'],
    ...(index !== undefined && { choices: choicesOfBox(index) }),
    score: (said) => {
      const { b, classes, scores } = said;
      const all = index === undefined ? boxScores(said) : one(said, index);
      const own = b.matmul(all, b.unsqueeze(indicator(b, classes, scores.classes, all), [2]));
      return b.squeeze(b.max(own, [1], false), [1]);
    },
  };
}

/** The best score that a box has for each class. */
export const bestOfBoxes: Choices = {
  count: ({ classes }) => classes,
  ranking: (said) => said.b.max(boxScores(said), [1], false),
};

/** The class scores of one box. */
const choicesOfBox = (index: number): Choices => ({
  count: ({ classes }) => classes,
  ranking: (said) => said.b.squeeze(one(said, index), [1]),
});

/** The score of each class for each box: [R, boxes, classes]. */
function boxScores({ b, logits, scores }: Said): Value {
  const { layout } = scores as BoxScores;
  const probable = (from: number, count: number) => {
    const part = b.slice(logits, 2, from, from + count);
    return layout.logits ? b.node('Sigmoid', [part]) : part;
  };
  const classes = probable(layout.classes, layout.count);
  return layout.objectness === undefined ? classes : b.mul(classes, probable(layout.objectness, 1));
}

/** The same of one box: [R, 1, classes]. */
function one(said: Said, index: number): Value {
  const { output, boxes } = said.scores as BoxScores;
  if (!Number.isInteger(index) || index < 0 || (typeof boxes === 'number' && index >= boxes))
    throw new GradcamError('unknown-target', `expected a box from 0 to ${Number(boxes) - 1} of output '${output}', but got ${index}`);
  return boxScores({ ...said, logits: said.b.slice(said.logits, 1, index, index + 1) });
}
