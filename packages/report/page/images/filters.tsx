import { className, report } from '../report';
import { change, filter, type Measure, type Outcome, outcomes } from '../state';

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  all: 'Any prediction',
  right: 'Right',
  wrong: 'Wrong',
  unknown: 'Truth not known',
  failed: 'Not explained',
};

const MEASURES: Readonly<Record<Measure, string>> = { probability: 'Confidence', outside: 'Energy outside', entropy: 'Entropy' };

const classes = report.classes
  .map((one, at) => ({ at, label: className(at), rows: one.rows }))
  .filter(({ rows }) => rows > 0)
  .sort((one, other) => one.label.localeCompare(other.label));

/** Measures that any row has. */
const known = (Object.keys(MEASURES) as Measure[]).filter((measure) => report.rows[measure].some((value) => value !== null));

export function Filters() {
  const { text, outcome, class: one, cluster, target, predicted } = filter.value;
  const clusters = one === undefined ? 0 : (report.classes[one]?.clusters.length ?? 0);
  return (
    <div class="filters">
      <label>
        Path
        <input
          type="search"
          value={text}
          placeholder="part of a path"
          onInput={({ currentTarget }) => change({ text: currentTarget.value })}
        />
      </label>
      <label>
        Class
        <select value={one ?? ''} onChange={({ currentTarget }) => change({ class: placeOf(currentTarget.value), cluster: undefined })}>
          <option value="">Any</option>
          {classes.map(({ at, label }) => (
            <option key={at} value={at}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {clusters > 1 && (
        <label>
          Cluster
          <select value={cluster ?? ''} onChange={({ currentTarget }) => change({ cluster: placeOf(currentTarget.value) })}>
            <option value="">Any</option>
            {Array.from({ length: clusters }, (_, place) => (
              <option key={place} value={place}>
                {place + 1}
              </option>
            ))}
          </select>
        </label>
      )}
      <label>
        Prediction
        <select
          value={outcome}
          onChange={({ currentTarget }) => change({ outcome: outcomes.find((name) => name === currentTarget.value) ?? 'all' })}
        >
          {outcomes.map((name) => (
            <option key={name} value={name}>
              {OUTCOMES[name]}
            </option>
          ))}
        </select>
      </label>
      {known.map((measure) => (
        <Bounds key={measure} measure={measure} />
      ))}
      {(target !== undefined || predicted !== undefined) && (
        <p class="chip">
          {className(target)} predicted as {className(predicted)}
          <button type="button" aria-label="Remove this filter" onClick={() => change({ target: undefined, predicted: undefined })}>
            ×
          </button>
        </p>
      )}
    </div>
  );
}

/** From and to, in percent. */
function Bounds({ measure }: { readonly measure: Measure }) {
  const { ranges } = filter.value;
  const bound = (end: 'from' | 'to') => (
    <input
      type="number"
      min={0}
      max={100}
      placeholder={end === 'from' ? '0' : '100'}
      aria-label={`${MEASURES[measure]} ${end}, in percent`}
      value={ranges[measure][end] ?? ''}
      onInput={({ currentTarget }) => {
        const value = currentTarget.value === '' ? undefined : Math.min(100, Math.max(0, currentTarget.valueAsNumber));
        change({ ranges: { ...ranges, [measure]: { ...ranges[measure], [end]: value } } });
      }}
    />
  );
  return (
    <fieldset>
      <legend>{MEASURES[measure]}</legend>
      {bound('from')} to {bound('to')} %
    </fieldset>
  );
}

function placeOf(value: string): number | undefined {
  return value === '' ? undefined : Number(value);
}
