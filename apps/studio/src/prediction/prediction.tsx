import { signal } from '@preact/signals';
import { chance } from '../heatmap/where.js';
import { labelOf, shortLabel } from '../state/names.js';
import { answer, model } from '../state/store.js';
import { change, type Mode, view } from '../state/view.js';
import { Icon } from '../ui/icons.js';
import { Segmented } from '../ui/segmented.js';
import { type Pair, withChosen } from './pair.js';
import './prediction.css';
import { type Ranked, search, top } from './ranking.js';

const SHOWN = 5;
const FOUND = 8;

const MODES: readonly (readonly [Mode, string])[] = [
  ['one', 'One class'],
  ['beside', 'Side by side'],
  ['against', 'Why A, not B'],
];

/** Of two classes, the one that a click sets. */
const slot = signal<keyof Pair>('class');
const typed = signal('');

/** What the model says, and which of it is to be explained. */
export function Prediction() {
  const { mode } = view.value;
  const probabilities = answer.value?.probabilities;
  const found = probabilities && search(model.value?.labels ?? [], probabilities, typed.value, FOUND);
  const rows = probabilities && (found && typed.value.trim() !== '' ? found : top(probabilities, SHOWN));
  return (
    <section class="card prediction" aria-labelledby="prediction-title">
      <header>
        <h2 id="prediction-title">Prediction</h2>
        <span class="small quiet">{model.value && kindWords(model.value.kind, model.value.classes)}</span>
      </header>
      <Segmented label="What to explain" options={MODES} value={mode} choose={(value) => change({ mode: value })} wide />
      {mode !== 'one' && <Slots />}
      <ul class="choices" aria-label="Classes; choose one to see what speaks for it">
        {rows?.map((ranked) => (
          <Bar key={ranked.index} {...ranked} />
        ))}
        {rows === undefined && Array.from({ length: SHOWN }, (_, row) => <Waiting key={`waiting-${row}`} />)}
      </ul>
      {rows?.length === 0 && <p class="small quiet">No class has “{typed.value.trim()}” in its name.</p>}
      <label class="search">
        <span class="unseen">Search all classes</span>
        <Icon name="search" />
        <input
          class="field"
          type="search"
          placeholder={`Search all ${model.value?.classes ?? ''} classes`}
          value={typed.value}
          onInput={({ currentTarget }) => {
            typed.value = currentTarget.value;
          }}
        />
      </label>
    </section>
  );
}

/** Which of the two classes the next click sets. */
function Slots() {
  const { class: first, other } = pair();
  const name = (index: number | undefined) => (index === undefined ? '…' : shortLabel(index));
  return (
    <div class="slots">
      <Segmented
        label="Class that the list below sets"
        options={[
          ['class', `A: ${name(first)}`],
          ['other', `B: ${name(other)}`],
        ]}
        value={slot.value}
        choose={(value) => {
          slot.value = value;
        }}
        wide
      />
      <button
        type="button"
        class="button"
        aria-label="Swap A and B"
        disabled={first === undefined || other === undefined}
        onClick={() => change({ class: other, other: first })}
      >
        <Icon name="swap" />
      </button>
    </div>
  );
}

/** The two classes of the question, as far as they are known. */
function pair(): Pair {
  const { mode, class: first, other } = view.value;
  const [one, two] = answer.value?.evidence ?? [];
  return { class: first ?? one?.class, other: other ?? (mode === 'against' ? one?.against : two?.class) };
}

function Bar({ index, probability }: Ranked) {
  const { mode } = view.value;
  const { class: first, other } = pair();
  const role = index === first ? 'A' : mode !== 'one' && index === other ? 'B' : undefined;
  const choose = () => {
    const { other: second } = view.value;
    // Two classes are never the same one.
    if (mode === 'one') change({ class: index, other: second === index ? undefined : second });
    else change(withChosen({ class: first, other }, slot.value, index));
  };
  const shown = chance(probability);
  return (
    <li>
      <button type="button" class="choice" data-role={role} aria-pressed={role !== undefined} title={labelOf(index)} onClick={choose}>
        <span class="choice-label">
          {role !== undefined && mode !== 'one' && <span class="badge">{role}</span>}
          {shortLabel(index)}
        </span>
        <span class="choice-number">{shown}</span>
        <span class="choice-track" aria-hidden="true">
          <span style={{ width: `${Math.max(0, Math.min(1, probability)) * 100}%` }} />
        </span>
      </button>
    </li>
  );
}

/** The room of a class that is not known yet. */
function Waiting() {
  return (
    <li aria-hidden="true">
      <span class="choice">
        <span class="choice-label">&nbsp;</span>
        <span class="choice-track" />
      </span>
    </li>
  );
}

function kindWords(kind: string, classes: number): string {
  if (kind === 'pixels') return `share of pixels, ${classes} classes`;
  if (kind === 'boxes') return `best box, ${classes} classes`;
  return `${classes} classes`;
}
