import { answer, model, picture, problems } from '../state/store.js';
import { Pane } from './pane.js';

export function Hero() {
  const shown = picture.value;
  if (shown === undefined) return null;
  const evidence = answer.value?.evidence[0];
  return (
    <div>
      <Pane picture={shown} evidence={evidence} placement={answer.value?.placement} />
      {evidence && (model.value?.labels[evidence.class] ?? evidence.class)} {JSON.stringify(problems.value)}
    </div>
  );
}
