import { suggestion } from 'onnx-grad';
import { GradcamError } from '../errors.js';
import type { DecompositionMethod, Method } from '../methods/method.js';
import { along, principalComponent } from '../methods/principal.js';
import { hasCopies, type Smoothing } from './smoothing.js';

const known: readonly Smoothing[] = ['aug', 'eigen', 'noise'];

/**
 * Methods as smoothing has them. `eigen`, pytorch-grad-cam's eigen_smooth: the first principal component of the terms Mₖ in the place of their sum L = Σₖ Mₖ, its
 * sign the one that correlates with L.
 *
 * @throws GradcamError `unknown-method` for a smoothing that does not exist, or methods that cannot be smoothed so
 */
export function smoothMethods(methods: readonly Method[], smooth: readonly Smoothing[]): readonly Method[] {
  const wrong = smooth.find((name) => !known.includes(name));
  if (wrong !== undefined)
    throw new GradcamError(
      'unknown-method',
      `there is no smoothing named '${wrong}'${suggestion(wrong, known, 1)}; there are: ${known.join(', ')}`,
    );
  const many = hasCopies({ smooth }) ? methods.find(({ kind }) => kind === 'runs') : undefined;
  if (many !== undefined)
    throw new GradcamError(
      'unknown-method',
      `method '${many.name}' runs the network many times itself, and smoothing over copies of the picture would multiply them; smooth methods of one pass (gradcam methods lists them)`,
    );
  return smooth.includes('eigen') ? methods.map(principal) : methods;
}

/** The same method with the first principal component of its terms. */
function principal(method: Method): DecompositionMethod {
  if (method.kind !== 'graph' || method.terms === undefined)
    throw new GradcamError(
      'unknown-method',
      `smoothing 'eigen' takes the first principal component of the terms of a sum over channels, but the map of method '${method.name}' is no such sum; leave it out, or choose gradcam, hirescam or another whose map is one`,
    );
  const { map: _, terms, ...rest } = method;
  return {
    ...rest,
    kind: 'decomposition',
    matrix: terms,
    map: (matrix) => along(matrix, principalComponent(matrix)),
  };
}
