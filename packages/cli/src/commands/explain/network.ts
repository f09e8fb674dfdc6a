import type { Job } from '@gradcam/jobs';
import { sessionOptions } from '../../model/load.js';
import type { ModelFlags } from '../../options.js';
import type { Setup } from './setup.js';

/** What of a job says which network it is, how it is opened, and what goes in and comes out. */
export type NetworkPart = Pick<
  Job,
  'model' | 'runtime' | 'session' | 'explainer' | 'target' | 'input' | 'preprocess' | 'labels' | 'classCount'
>;

/** A network that was set up here, as plain data: other threads open it the same way. */
export function networkOf(setup: Setup, flags: ModelFlags & { readonly threads: number }): NetworkPart {
  const { explainer, loaded, question, labels, spec } = setup;
  const { threads, device } = flags;
  const { methods = explainer.explained.methods.map(({ method }) => method.name), ...options } = setup.options;
  const { externalData: _, externalFolder: __, ...session } = sessionOptions(loaded, flags);
  return {
    model: { name: loaded.name, path: loaded.path, external: [...loaded.externalData.keys()] },
    runtime: { threads, ...(device !== undefined && { device }) },
    session,
    explainer: { ...options, methods },
    ...(question.target !== undefined && { target: question.target }),
    input: explainer.model.input,
    preprocess: spec,
    labels: labels.names,
    classCount: explainer.classes,
  };
}
