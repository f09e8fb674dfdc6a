import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { answer, layers, model, picture } from '../state/store.js';
import { view } from '../state/view.js';
import { useNear } from '../strips/near.js';
import { shortName } from '../strips/pick.js';
import { Paused } from '../strips/thumb.js';
import { Segmented } from '../ui/segmented.js';
import { Channels, Fewest } from './channels.js';
import { Formula, Step } from './formula.js';
import { InsidePicture } from './picture.js';
import { askInside, inside, insideBusy, insideProblem, insideQuestion, names, shares, which } from './state.js';
import { Sum } from './sum.js';
import { fewestFor, isFlat, number } from './take-apart.js';
import './inside.css';

/** How Grad-CAM comes about, with the numbers of the picture and class that are shown: step by step, each part alive. */
export function Inside() {
  const section = useRef<HTMLElement>(null);
  const near = useNear(section);
  useSignalEffect(() => {
    const asked = insideQuestion.value;
    if (near.value && asked !== undefined) askInside(asked);
  });
  const parts = inside.value?.parts;
  return (
    <section class="inside card" ref={section} aria-labelledby="inside-title" aria-busy={insideBusy.value}>
      <header>
        <h2 id="inside-title">Inside Grad-CAM</h2>
        <p class="lead">
          How the heatmap is made, number by number
          {view.value.method === 'gradcam' ? '.' : '. The heatmap above is by another method; this is Grad-CAM’s.'}
        </p>
      </header>
      <Which />
      <Formula />
      {insideProblem.value && (
        <p class="problem" role="alert">
          {insideProblem.value.message}
        </p>
      )}
      {picture.value?.live ? <Paused /> : parts === undefined ? <div class="inside-waiting" aria-hidden="true" /> : <Parts />}
    </section>
  );
}

/** Which of two classes, where two are shown. */
function Which() {
  const { evidence = [] } = answer.value ?? {};
  if (evidence.length < 2) return null;
  const options = evidence.map(({ class: index }, at) => [String(at), model.value?.labels[index] ?? `class ${index}`] as const);
  const choose = (at: string) => {
    which.value = Number(at);
  };
  return (
    <div>
      <Segmented label="The class whose heatmap is taken apart" options={options} value={String(which.value)} choose={choose} />
    </div>
  );
}

function Parts() {
  const parts = inside.value?.parts;
  if (parts === undefined) return null;
  const { channels, width, height } = parts.activations;
  const { class: named, against } = names.value;
  const operator = layers.value?.find(({ name }) => name === parts.layer)?.operator ?? '';
  const layer = shortName({ name: parts.layer, operator });
  const score = against === undefined ? `the score y of “${named}”` : `the score of “${named}” less that of “${against}”, y,`;
  return (
    <div class="inside-body">
      <div class="inside-aside">
        <InsidePicture parts={parts} />
      </div>
      <div class="inside-steps">
        <h3>Channel by channel</h3>
        <ol class="steps">
          <Step step={1} title="Feature maps">
            The layer <code title={parts.layer}>{layer}</code> turns the picture into {channels} maps A of {width} × {height} positions.
            Each lights up where the network finds one kind of pattern.
          </Step>
          <Step step={2} title="Gradients">
            How much {score} rises if the map gets a little brighter there; here y is {number(parts.score)}.{' '}
            {isFlat(parts.gradients) && 'It is the same everywhere, as the network only averages this layer on its way to the score.'}
          </Step>
          <Step step={3} title="Weights">
            The mean of a gradient is one number α: how much this pattern, wherever it is, speaks for “{named}” (+) or against it (−).
          </Step>
          <Step step={4} title="Contributions">
            Each map times its weight: what this channel says, and where it says it.
          </Step>
        </ol>
        <Fewest fewest={fewestFor(shares.value, 0.8)} total={channels} />
        <Channels parts={parts} />
        <h3>All channels together</h3>
        <ol class="steps steps-together" start={5}>
          <Step step={5} title="Sum">
            All contributions are added, position by position: some speak for, some against.
          </Step>
          <Step step={6} title="ReLU">
            What is below zero becomes zero: only what speaks for “{named}” is kept.
          </Step>
          <Step step={7} title="Upsampling">
            The {width} × {height} positions are enlarged to the size of the picture: the heatmap.
          </Step>
        </ol>
        <Sum parts={parts} />
      </div>
    </div>
  );
}
