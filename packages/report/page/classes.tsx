import { useSignal } from '@preact/signals';
import type { PageClass } from '../src/data';
import { Cluster } from './cluster';
import { Heatmap } from './heatmap';
import { Plane } from './plane';
import { drawable, nameOf, report } from './report';
import { showImages, shownClass } from './state';
import { count, counted, percent } from './words';

/** Classes that are listed at first. */
const FIRST = 24;

const explained = report.classes.map((one, at) => ({ one, at })).filter(({ one }) => one.rows > 0);

/** Every class that was explained: its mean heatmap, and its clusters. */
export function Classes() {
  const text = useSignal('');
  const all = useSignal(false);
  if (explained.length === 0) return null;
  const words = text.value.trim().toLowerCase();
  const found = explained.filter(({ one }) => words === '' || one.label.toLowerCase().includes(words));
  const listed = all.value ? found : found.slice(0, FIRST);
  const shown = report.classes[shownClass.value];
  return (
    <section id="classes">
      <header class="row">
        <h2 tabIndex={-1}>Classes</h2>
        {explained.length > FIRST && (
          <label>
            <span class="unseen">Find a class</span>
            <input
              type="search"
              placeholder="Find a class"
              value={text.value}
              onInput={({ currentTarget }) => {
                text.value = currentTarget.value;
              }}
            />
          </label>
        )}
      </header>
      <p class="quiet">The mean of each class&rsquo;s heatmaps. Choose one to see in which groups its images are explained alike.</p>
      <ul class="classes">
        {listed.map(({ one, at }) => (
          <li key={at}>
            <button
              type="button"
              class="class"
              aria-pressed={at === shownClass.value}
              title={one.label}
              onClick={() => {
                shownClass.value = at;
              }}
            >
              <Heatmap map={one.mean && drawable(one.mean)} />
              <span>
                <strong>{nameOf(one)}</strong>
                <span class="quiet small">
                  {counted(one.rows, 'heatmap')}
                  {one.clusters.length > 1 && `, ${counted(one.clusters.length, 'cluster')}`}
                </span>
                {one.judged > 0 && <span class="quiet small">{percent(one.right / one.judged)} right</span>}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {found.length > listed.length && (
        <button
          type="button"
          onClick={() => {
            all.value = true;
          }}
        >
          Show all {count(found.length)} classes
        </button>
      )}
      {found.length === 0 && <p>No class has this name.</p>}
      {shown !== undefined && shown.rows > 0 && <Shown one={shown} at={shownClass.value} />}
    </section>
  );
}

/** The chosen class with its clusters. */
function Shown({ one, at }: { readonly one: PageClass; readonly at: number }) {
  const { clusters, empty } = one;
  return (
    <article class="shown" aria-label={nameOf(one)}>
      <header class="row">
        <div>
          <h3>
            {one.label} <span class="quiet">class {one.index}</span>
          </h3>
          <p class="quiet">{summary(one)}</p>
        </div>
        <button type="button" onClick={() => showImages({ class: at })}>
          {counted(one.rows, 'image')}
        </button>
      </header>
      {empty > 0 && <p class="quiet">{counted(empty, 'heatmap')} without any evidence for the class: in no cluster.</p>}
      <div class={clusters.length > 1 ? 'clusters with-plane' : 'clusters'}>
        {clusters.length > 1 && <Plane points={one.plane} clusters={clusters.length} />}
        <ol>
          {clusters.map((cluster, place) => (
            <Cluster key={`${at} ${place}`} of={one} cluster={cluster} place={place} at={at} />
          ))}
        </ol>
      </div>
    </article>
  );
}

function summary({ clusters, rows, empty }: PageClass): string {
  if (clusters.length === 0) return 'There are no heatmaps of it to compare.';
  if (clusters.length > 1) return `Its images are explained in ${clusters.length} ways.`;
  return rows - empty < 10 ? 'Too few heatmaps to look for groups among them.' : 'Its images are all explained in much the same way.';
}
