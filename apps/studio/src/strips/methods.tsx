import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { MethodFacts } from '../engine/protocol.js';
import { answer, picture } from '../state/store.js';
import { change, view } from '../state/view.js';
import { useNear } from './near.js';
import { askSlow, methodsAnswered, methodsAsked, methodsStrip, methodTiles, shownMethods, slow, stopSlow } from './state.js';
import { Paused, Thumb } from './thumb.js';
import './strips.css';

/** Methods as small maps: the quick ones at once, the slow ones on demand, with their progress and a stop. A click explains by the method. */
export function MethodStrip() {
  const section = useRef<HTMLElement>(null);
  const near = useNear(section);
  useSignalEffect(() => {
    const wanted = methodsAsked.value;
    if (wanted === undefined) methodsStrip.drop();
    else if (near.value) methodsStrip.ask(wanted);
  });
  const question = useRef('');
  useSignalEffect(() => {
    // Another picture, class or layer: nobody waits for the slow methods of the one before.
    const { key } = methodsAnswered.value;
    if (question.current !== '' && question.current !== key) stopSlow();
    question.current = key;
  });
  return (
    <section class="strip card" ref={section} aria-labelledby="methods-title">
      <header>
        <h2 id="methods-title">Methods</h2>
        <p class="quiet small">The same question, answered in other ways. Pick one for the large heatmap.</p>
      </header>
      {picture.value?.live ? <Paused /> : <MethodTiles />}
    </section>
  );
}

function MethodTiles() {
  const tiles = methodTiles.value;
  const { quick, slow: many } = shownMethods.value;
  const refused = quick.filter(({ name }) => tiles.get(name)?.problem !== undefined);
  return (
    <>
      <ul class="tiles">
        {quick
          .filter((method) => !refused.includes(method))
          .map((method) => (
            <MethodTile key={method.name} method={method} />
          ))}
      </ul>
      {refused.length > 0 && (
        <details class="refused small">
          <summary>{`Not for this model: ${refused.map(({ title }) => title).join(', ')}`}</summary>
          <ul>
            {refused.map(({ name, title }) => (
              <li key={name}>
                <strong>{title}</strong>: {tiles.get(name)?.problem?.message}
              </li>
            ))}
          </ul>
        </details>
      )}
      <h3 class="small">
        On demand <span class="quiet">these run the network many times</span>
      </h3>
      <ul class="tiles">
        {many.map((method) => (
          <SlowTile key={method.name} method={method} />
        ))}
      </ul>
    </>
  );
}

function MethodTile({ method: { name, title, summary } }: { method: MethodFacts }) {
  const tile = methodTiles.value.get(name);
  return (
    <li>
      <button type="button" class="tile" aria-pressed={view.value.method === name} title={summary} onClick={() => change({ method: name })}>
        <span class={`tile-map${tile?.heatmap === undefined ? ' waiting' : ''}`}>
          {answer.value && <Thumb heatmap={tile?.heatmap} />}
          {tile?.heatmap?.data.every((value) => value === 0) && <span class="tile-none">nothing speaks for it</span>}
        </span>
        <span class="tile-name">{title}</span>
      </button>
    </li>
  );
}

function SlowTile({ method }: { method: MethodFacts }) {
  const { name, title, cost } = method;
  const tile = methodTiles.value.get(name);
  const working = slow.value.get(name);
  if (tile?.heatmap !== undefined && working === undefined) return <MethodTile method={method} />;
  return (
    <li class="tile slow">
      <span class="tile-map waiting">
        {answer.value && <Thumb heatmap={undefined} />}
        {working === undefined ? (
          <button type="button" class="button" aria-label={`Work out ${title}`} onClick={() => void askSlow(method)}>
            Work out
          </button>
        ) : (
          <span class="working">
            <progress
              aria-label={`${title}, runs of the network`}
              {...(working.total > 0 ? { max: working.total, value: working.done } : {})}
            />
            <span class="small">{working.total > 0 ? `${working.done} of ${working.total}` : 'starting'}</span>
            <button type="button" class="button" aria-label={`Stop ${title}`} onClick={working.stop}>
              Stop
            </button>
          </span>
        )}
      </span>
      <span class="tile-name">{title}</span>
      <span class={`tile-note${tile?.problem ? ' bad' : ''}`}>{tile?.problem?.message ?? cost}</span>
    </li>
  );
}
