import { Heatmap } from './heatmap';
import { drawable, nameOf, report } from './report';
import { showClass, showImages } from './state';
import { counted } from './words';

/** What is worth a look: clusters and classes whose heatmaps lie where others do not. */
export function Findings() {
  if (report.findings.length === 0) return null;
  return (
    <section>
      <h2>Worth a look</h2>
      <p class="quiet">Heatmaps in a corner, at the border or outside of the object, where others are not: shortcuts show like this.</p>
      <ol class="findings">
        {report.findings.map(({ class: at, cluster, words }) => {
          const one = report.classes[at];
          const group = cluster === null ? one : one?.clusters[cluster];
          if (one === undefined || group?.mean === undefined) return null;
          const size = 'size' in group ? group.size : group.rows;
          return (
            <li key={`${at} ${cluster}`} class="card">
              <Heatmap
                map={drawable(group.mean)}
                label={`Mean heatmap of ${nameOf(one)}${cluster === null ? '' : `, cluster ${cluster + 1}`}`}
              />
              <div>
                <h3>
                  {nameOf(one)}
                  {cluster !== null && <span class="quiet"> · cluster {cluster + 1}</span>}
                </h3>
                <p>{words}</p>
                <p class="actions">
                  <button type="button" onClick={() => showImages({ class: at, ...(cluster !== null && { cluster }) })}>
                    {counted(size, 'image')}
                  </button>
                  <button type="button" onClick={() => showClass(at)}>
                    Its class
                  </button>
                </p>
              </div>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
