import { elementwise, type Rule, type VjpContext } from './rule.js';

/** Whether it drops: undefined where that is known only at run time. */
function trains(c: VjpContext<unknown>): boolean | undefined {
  const mode = c.optional(2);
  if (mode === undefined) return false;
  const constant = c.facts.graph.constant(mode);
  return constant === undefined ? undefined : constant.data[0] !== 0;
}

const refused = (c: VjpContext<unknown>, expected: string) =>
  c.refuse('training_mode', `'${c.input(2)}'`, `false (export the model for inference), or ${expected}`);

/** Dropout: the identity, but in training, where its mask tells what passes, times 1 / (1 − ratio). */
export const dropoutRules: readonly Rule[] = [
  elementwise('Dropout', {
    inputs: [0, 1],
    vjp: [
      (c) => {
        const { b, g } = c;
        const training = trains(c);
        if (training === false) return g;
        const mask = c.node.outputs[1];
        if (!mask) throw refused(c, 'its second output, the mask, to be named');
        const ratio = c.optional(1);
        const dropped = ratio === undefined ? b.scalar(0.5, g) : b.cast(ratio, b.typeOf(g));
        const inEffect = training ? dropped : b.mul(dropped, b.cast(c.input(2), b.typeOf(g)));
        return b.keep(mask, b.div(g, b.sub(b.scalar(1, g), inEffect)));
      },
      // Outside of training the ratio says nothing.
      (c) => {
        if (trains(c) !== false) throw refused(c, 'its ratio to be constant');
        return c.b.zerosLike(c.input(1));
      },
    ],
  }),
];
