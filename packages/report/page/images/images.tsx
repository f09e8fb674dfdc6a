import { report, rowCount } from '../report';
import { clear, isFiltered, listed } from '../state';
import { count } from '../words';
import { Filters } from './filters';
import { List } from './list';

/** Every image, to sort and to filter. */
export function Images() {
  const found = listed.value.length;
  return (
    <section id="images">
      <header class="row">
        <h2 tabIndex={-1}>Images</h2>
        <p role="status" class="quiet">
          {found === rowCount ? `${count(rowCount)} rows` : `${count(found)} of ${count(rowCount)} rows`}
          {rowCount < report.totals.rows && ` in this page, ${count(report.totals.rows)} in the table`}
        </p>
        {isFiltered.value && (
          <button type="button" onClick={clear}>
            Clear all filters
          </button>
        )}
      </header>
      <Filters />
      <List />
    </section>
  );
}
