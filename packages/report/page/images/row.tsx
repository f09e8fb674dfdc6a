import { useState } from 'preact/hooks';
import { Heatmap } from '../heatmap';
import { className, isRight, mapOfRow, report } from '../report';
import type { SortKey } from '../state';
import { percent } from '../words';

interface Column {
  readonly key: SortKey | undefined;
  readonly title: string;
  readonly kind: keyof typeof WIDTHS;
}

const WIDTHS = { picture: '56px', text: 'minmax(12rem, 3fr)', name: 'minmax(7rem, 1fr)', number: '6.5rem' } as const;

const PAPER_WIDTHS = { picture: '56px', text: 'minmax(0, 2fr)', name: 'minmax(0, 1fr)', number: 'minmax(0, 0.8fr)' } as const;

const ALL: readonly Column[] = [
  { key: undefined, title: 'Heatmap', kind: 'picture' },
  { key: 'image', title: 'Image', kind: 'text' },
  { key: 'class', title: 'Explained', kind: 'name' },
  { key: 'predicted', title: 'Predicted', kind: 'name' },
  { key: 'target', title: 'True class', kind: 'name' },
  { key: 'probability', title: 'Confidence', kind: 'number' },
  { key: 'outside', title: 'Outside', kind: 'number' },
  { key: 'entropy', title: 'Entropy', kind: 'number' },
];

/** The columns of the list: those in which anything stands. */
export const columns: readonly Column[] = ALL.filter(
  ({ key }) => key === undefined || key === 'order' || report.rows[key].some((value) => value !== null),
);

/** Their widths on a screen, where they scroll if need be, and on paper, where they must fit. */
export const template: string = columns.map(({ kind }) => WIDTHS[kind]).join(' ');
export const paperTemplate: string = columns.map(({ kind }) => PAPER_WIDTHS[kind]).join(' ');

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
      <Cell kind="text" title={error === null ? image : `${image}: ${error}`}>
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
      {columns.map(({ key, kind }) => {
        if (key === 'class' || key === 'target')
          return (
            <Cell key={key} kind={kind}>
              {className(rows[key][row])}
            </Cell>
          );
        if (key === 'predicted')
          return (
            <Cell key={key} kind={kind}>
              <span class={right === false ? 'bad' : ''}>
                {className(rows.predicted[row])}
                {right === false && <span class="unseen">, wrong</span>}
              </span>
            </Cell>
          );
        if (key === 'probability' || key === 'outside' || key === 'entropy')
          return (
            <Cell key={key} kind={kind}>
              {percent(rows[key][row])}
            </Cell>
          );
        return null;
      })}
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

/** The overlay where it lies beside the page, over the heatmap, which is seen until it is there, and where it is not. */
function Picture({ row, overlay }: { readonly row: number; readonly overlay: string | null }) {
  const [state, setState] = useState<'coming' | 'there' | 'missing'>('coming');
  return (
    <>
      <Heatmap map={mapOfRow(row)} />
      {overlay !== null && state !== 'missing' && (
        <img
          class={state}
          src={overlay}
          alt=""
          loading="lazy"
          decoding="async"
          onLoad={() => setState('there')}
          onError={() => setState('missing')}
        />
      )}
    </>
  );
}
