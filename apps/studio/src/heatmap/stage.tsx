import { useComputed } from '@preact/signals';
import type { Question } from '../engine/protocol.js';
import { stopExplaining } from '../state/ask.js';
import { shortLabel, titleOf } from '../state/names.js';
import { busy, layers, methods, model, picture, progress, shownAnswer } from '../state/store.js';
import { view } from '../state/view.js';
import { Icon } from '../ui/icons.js';
import { ProblemAt } from '../ui/problem.js';
import { Pane } from './pane.js';
import './stage.css';
import { chance, inWords, whereabouts } from './where.js';

/** The picture and what speaks for its classes. */
export function Stage() {
  const shown = picture.value;
  const evidence = shownAnswer.value?.evidence ?? [];
  const panes = view.value.mode === 'beside' ? 2 : 1;
  const badges = panes === 2 ? (['A', 'B'] as const) : [];
  return (
    <section aria-label="Picture and heatmap" class="scene-section" aria-busy={busy.value}>
      <div class="scene" data-panes={panes}>
        {Array.from({ length: panes }, (_, index) => (
          <Pane
            key={`pane-${index}`}
            picture={shown}
            evidence={evidence[index]}
            badge={badges[index]}
            placement={shownAnswer.value?.placement}
          />
        ))}
        <Working />
      </div>
      {model.value === undefined && <ProblemAt place="model" />}
      <ProblemAt place="explanation" />
      <Made />
      <Spoken />
    </section>
  );
}

/** That the engine works, where it takes long enough to be asked about; and a way to stop it. */
function Working() {
  const counted = progress.value;
  if (!busy.value || picture.value?.live) return null;
  if (counted === undefined) return <div class="running" />;
  return (
    <div class="scene-counting">
      <label>
        <span>
          {titleOf(view.value.method)}: {counted.done} of {counted.total} pictures
        </span>
        <progress value={counted.done} max={counted.total} />
      </label>
      <button type="button" class="button" onClick={stopExplaining}>
        <Icon name="stop" />
        Stop
      </button>
    </div>
  );
}

/** The layer and the method that made the heatmap, in words. */
function Made() {
  const answer = shownAnswer.value;
  if (answer === undefined) return <p class="scene-made small quiet">&nbsp;</p>;
  const { evidence, question, milliseconds } = answer;
  const map = evidence[0]?.map;
  return (
    <p class="scene-made small quiet">
      <b>{titleOf(question.method)}</b> <Explained names={evidence[0]?.layers ?? []} question={question} />,{' '}
      {map && (
        <span class="whole">
          {map.width} × {map.height} positions,
        </span>
      )}{' '}
      <span class="whole">{Math.max(1, Math.round(milliseconds))} ms</span>
    </p>
  );
}

/** What a method explained: a layer, several, or the picture itself. */
function Explained({ names, question }: { readonly names: readonly string[]; readonly question: Question }) {
  const { of } = methods.value.find(({ name }) => name === question.method) ?? {};
  const [name] = names;
  if (of === 'input') return <>of the picture’s own pixels</>;
  if (names.length !== 1) return <>of {names.length} layers</>;
  const byItself = question.layer === 'auto' && layers.value?.some((layer) => layer.name === name);
  return (
    <>
      at {byItself && 'the last feature map, '}
      <code>{name}</code>
    </>
  );
}

/** What a reader hears when a new explanation is there. */
function Spoken() {
  const words = useComputed(() => {
    const [answer, shown] = [shownAnswer.value, picture.value];
    if (answer === undefined || shown === undefined || shown.live) return '';
    return answer.evidence
      .map((one) => {
        const where = inWords(whereabouts(one.heatmap, answer.placement, answer.picture));
        return `${shortLabel(one.class)}, ${chance(one.probability)}: ${where}.`;
      })
      .join(' ');
  });
  return (
    <p class="unseen" aria-live="polite">
      {words.value}
    </p>
  );
}
