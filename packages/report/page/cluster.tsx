import type { PageClass, PageCluster, PageExample } from '../src/data';
import { Heatmap } from './heatmap';
import { drawable, nameOf } from './report';
import { showImages } from './state';
import { count, counted, percent } from './words';

interface ClusterProps {
  readonly of: PageClass;
  readonly cluster: PageCluster;
  /** Among the clusters of the class. */
  readonly place: number;
  /** Of the class. */
  readonly at: number;
}

/** A group of images that are explained alike. */
export function Cluster({ of, cluster, place, at }: ClusterProps) {
  const { size, judged, right, mean, words, examples } = cluster;
  const total = of.clusters.reduce((sum, one) => sum + one.size, 0);
  const alone = of.clusters.length === 1;
  return (
    <li class="cluster card">
      <Heatmap map={drawable(mean)} label={`Mean heatmap of ${alone ? nameOf(of) : `cluster ${place + 1}`}`} />
      <div>
        <h4>
          {!alone && <i class={`dot c${place}`} />}
          {alone ? 'All heatmaps' : `Cluster ${place + 1}`}
          <span class="quiet">
            {' '}
            {count(size)}, {percent(size / total)}
            {judged > 0 && ` · ${percent(right / judged)} right`}
          </span>
        </h4>
        <p>{words}</p>
        {!alone && (
          <p class="actions">
            <button type="button" onClick={() => showImages({ class: at, cluster: place })}>
              {counted(size, 'image')}
            </button>
          </p>
        )}
      </div>
      {examples.length > 0 && (
        <ul class="examples" aria-label="Its most typical images">
          {examples.map((example, number) => (
            <li key={number}>
              <Example example={example} />
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

function Example({ example: { image, map, picture, overlay } }: { readonly example: PageExample }) {
  const name = image.split(/[/\\]/).at(-1) ?? image;
  const shown =
    picture === undefined ? (
      <Heatmap map={drawable(map)} label={`Heatmap of ${name}`} />
    ) : (
      <img src={`data:image/webp;base64,${picture}`} alt={name} />
    );
  return overlay === undefined ? (
    <span title={image}>{shown}</span>
  ) : (
    <a href={overlay} target="_blank" rel="noreferrer" title={image}>
      {shown}
    </a>
  );
}
