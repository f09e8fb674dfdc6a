import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { listed, type SortKey, sort } from '../state';
import { count } from '../words';
import { columns, paperTemplate, Row, template } from './row';

/** Pixels of a row, as in page.css. */
const HEIGHT = 60;

/** Rows beyond those in sight, so that scrolling shows no gaps. */
const SPARE = 6;

/** Rows that are printed. */
const PRINTED = 40;

/** A list of which only the rows in sight are in the document. */
export function List() {
  const frame = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const room = useSignal(600);
  const printing = useSignal(false);
  const rows = listed.value;

  useEffect(() => {
    const media = matchMedia('print');
    const measure = () => {
      printing.value = media.matches;
      // On paper nothing scrolls: the frame is as high as all rows are.
      if (!media.matches) room.value = frame.current?.clientHeight || 600;
    };
    const sizes = new ResizeObserver(measure);
    if (frame.current !== null) sizes.observe(frame.current);
    media.addEventListener('change', measure);
    addEventListener('beforeprint', measure);
    return () => {
      sizes.disconnect();
      media.removeEventListener('change', measure);
      removeEventListener('beforeprint', measure);
    };
  }, []);
  useEffect(() => {
    if (frame.current !== null) frame.current.scrollTop = 0;
    top.value = 0;
  }, [rows]);

  const first = printing.value ? 0 : Math.max(0, Math.floor(top.value / HEIGHT) - SPARE);
  const last = printing.value
    ? Math.min(rows.length, PRINTED)
    : Math.min(rows.length, Math.ceil((top.value + room.value) / HEIGHT) + SPARE);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table element lays out rows that are not there
    <div
      class="list"
      role="table"
      aria-label="Images"
      aria-rowcount={rows.length + 1}
      style={{ '--columns': printing.value ? paperTemplate : template }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      {/* biome-ignore lint/a11y/useFocusableInteractive: its buttons are */}
      <div class="list-head" role="row" aria-rowindex={1}>
        {columns.map(({ key, title, kind }) => (
          <Title key={title} by={key} title={title} kind={kind} />
        ))}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: as above */}
      <div
        class="list-body"
        role="rowgroup"
        aria-label="Rows"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
        tabIndex={0}
        ref={frame}
        onScroll={({ currentTarget }) => {
          top.value = currentTarget.scrollTop;
        }}
      >
        {rows.length === 0 && <p class="nothing">No image is like this.</p>}
        <div role="presentation" class="list-all" style={{ height: printing.value ? 'auto' : `${rows.length * HEIGHT}px` }}>
          <div role="presentation" style={{ transform: printing.value ? 'none' : `translateY(${first * HEIGHT}px)` }}>
            {rows.slice(first, last).map((row, at) => (
              <Row key={row} row={row} index={first + at + 2} />
            ))}
          </div>
        </div>
      </div>
      {printing.value && rows.length > PRINTED && (
        <p class="quiet small">
          The first {PRINTED} of {count(rows.length)} rows.
        </p>
      )}
    </div>
  );
}

function Title({ by, title, kind }: { readonly by: SortKey | undefined; readonly title: string; readonly kind: string }) {
  const { by: sorted, down } = sort.value;
  const here = by !== undefined && sorted === by;
  return (
    // biome-ignore lint/a11y/useSemanticElements: as above
    // biome-ignore lint/a11y/useFocusableInteractive: its button is
    <div role="columnheader" class={kind} aria-sort={here ? (down ? 'descending' : 'ascending') : 'none'}>
      {by === undefined ? (
        <span class={kind === 'picture' ? 'unseen' : ''}>{title}</span>
      ) : (
        <button
          type="button"
          onClick={() => {
            // A third press is the order of the table again.
            sort.value = !here
              ? { by, down: kind === 'number' }
              : down === (kind === 'number')
                ? { by, down: !down }
                : { by: 'order', down: false };
          }}
        >
          {title}
          <span aria-hidden="true" class="arrow">
            {here ? (down ? '↓' : '↑') : ''}
          </span>
        </button>
      )}
    </div>
  );
}
