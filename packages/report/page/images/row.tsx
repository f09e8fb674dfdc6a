import { useState } from 'preact/hooks';
import { Heatmap } from '../heatmap';
import { className, isRight, mapOfRow, report } from '../report';
import type { SortKey } from '../state';
import { percent } from '../words';

/** The columns of the list. */
export const rowTitles: readonly {
  readonly key: SortKey | undefined;
  readonly title: string;
  readonly kind: 'picture' | 'text' | 'name' | 'number';
}[] = [
  { key: undefined, title: 'Heatmap', kind: 'picture' },
  { key: 'image', title: 'Image', kind: 'text' },
  { key: 'class', title: 'Explained', kind: 'name' },
  { key: 'predicted', title: 'Predicted', kind: 'name' },
  { key: 'target', title: 'True class', kind: 'name' },
  { key: 'probability', title: 'Confidence', kind: 'number' },
  { key: 'outside', title: 'Outside', kind: 'number' },
  { key: 'entropy', title: 'Entropy', kind: 'number' },
];

/** A row of the table. */
export function Row({ row, index }: { readonly row: number; readonly index: number }) {
  const { rows } = report;
  const [image, overlay, error] = [rows.image[row] ?? '', rows.overlay[row] ?? null, rows.error[row] ?? null];
  const right = isRight(row);
  const folder = image.slice(0, image.lastIndexOf('/') + 1);
  const name = image.slice(folder.length);
  return (
    // biome-ignore lint/a11y/useSemanticElements: the rows of a table element cannot be left out
    // biome-ignore lint/a11y/useFocusableInteractive: its link is
    <div role="row" class="list-row" aria-rowindex={index}>
      <Cell kind="picture">
        <Picture key={row} row={row} overlay={overlay} />
      </Cell>
      <Cell kind="text" title={image}>
        <span>
          {overlay === null ? (
            name
          ) : (
            <a href={overlay} target="_blank" rel="noreferrer">
              {name}
            </a>
          )}
          <span class="quiet small"> {folder}</span>
        </span>
        {error !== null && <span class="bad small">{error}</span>}
      </Cell>
      <Cell kind="name">{className(rows.class[row])}</Cell>
      <Cell kind="name">
        <span class={right === false ? 'bad' : ''}>
          {className(rows.predicted[row])}
          {right === false && <span class="unseen">, wrong</span>}
        </span>
      </Cell>
      <Cell kind="name">{className(rows.target[row])}</Cell>
      {(['probability', 'outside', 'entropy'] as const).map((measure) => (
        <Cell key={measure} kind="number">
          {percent(rows[measure][row])}
        </Cell>
      ))}
    </div>
  );
}

function Cell({ kind, title, children }: { readonly kind: string; readonly title?: string; readonly children: preact.ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: as its row
    <div role="cell" class={kind} title={title}>
      {children}
    </div>
  );
}

/** The overlay where it lies beside the page, over the heatmap. */
function Picture({ row, overlay }: { readonly row: number; readonly overlay: string | null }) {
  const [missing, setMissing] = useState(false);
  return (
    <>
      <Heatmap map={mapOfRow(row)} />
      {overlay !== null && !missing && <img src={overlay} alt="" loading="lazy" decoding="async" onError={() => setMissing(true)} />}
    </>
  );
}
