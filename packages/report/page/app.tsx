import { Classes } from './classes';
import { Confusion } from './confusion';
import { Findings } from './findings';
import { Images } from './images/images';
import { report } from './report';
import { count, counted, percent } from './words';

export function App() {
  return (
    <>
      <header class="top">
        <p class="quiet">Grad-CAM report</p>
        <h1>{report.title}</h1>
        <dl class="facts">
          {report.facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </header>
      <main>
        <Figures />
        <Notes />
        <Findings />
        <Classes />
        <Confusion />
        <Images />
      </main>
      <footer>
        <p class="quiet small">
          Heatmaps run from dark (no evidence) to bright (most evidence of the picture). Energy is a heatmap&rsquo;s sum; entropy says how
          evenly it is spread, 100 % everywhere the same. Clusters: spectral relevance analysis, doi 10.1038/s41467-019-08987-4. This file
          needs no network and asks for none.
        </p>
      </footer>
    </>
  );
}

function Figures() {
  const { images, failed, judged, right, outside, entropy } = report.totals;
  const rest = images - judged - failed;
  return (
    <dl class="figures">
      <Figure name="Images" value={count(images)} more={failed === 0 ? 'all explained' : `${count(failed)} could not be explained`} />
      {judged > 0 && (
        <Figure
          name="Predicted rightly"
          value={percent(right / judged)}
          more={`${count(right)} of ${count(judged)}${rest > 0 ? `; of ${count(rest)} the truth is not known` : ''}`}
        />
      )}
      {outside !== null && <Figure name="Energy outside of the object" value={percent(outside)} more="mean, where the object is known" />}
      {entropy !== null && <Figure name="Entropy" value={percent(entropy)} more="mean of the heatmaps" />}
      <Figure
        name="Clusters"
        value={count(report.classes.reduce((sum, { clusters }) => sum + clusters.length, 0))}
        more={`in ${counted(report.classes.filter(({ rows }) => rows > 0).length, 'explained class', 'explained classes')}`}
      />
    </dl>
  );
}

function Figure({ name, value, more }: { readonly name: string; readonly value: string; readonly more: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span class="quiet small">{more}</span>
      </dd>
    </div>
  );
}

function Notes() {
  if (report.notes.length === 0) return null;
  return (
    <ul class="notes" aria-label="What to know about this report">
      {report.notes.map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
