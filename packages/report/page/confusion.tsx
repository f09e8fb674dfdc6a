import { className, report } from './report';
import { showImages } from './state';
import { count } from './words';

/** Classes of the matrix: more do not fit on a page. */
const MOST = 12;

/** The classes that are taken for each other most often; where there is room for more, the most frequent. */
function classesShown(): number[] {
  const shown = new Set<number>();
  const mistakes = report.confusion.filter(([target, predicted]) => target !== predicted);
  for (const [target, predicted] of [...mistakes, ...report.confusion])
    for (const one of [target, predicted]) if (shown.size < MOST) shown.add(one);
  return [...shown].sort((one, other) => (report.classes[one]?.index ?? 0) - (report.classes[other]?.index ?? 0));
}

/** How often which class was taken for which. */
export function Confusion() {
  if (report.totals.judged === 0) return null;
  const shown = classesShown();
  const inMatrix = new Map(shown.map((one, at) => [one, at]));
  // The last line and column are of all other classes.
  const size = shown.length;
  const cells = Array.from({ length: size + 1 }, () => new Array<number>(size + 1).fill(0));
  for (const [target, predicted, images] of report.confusion) {
    const line = cells[inMatrix.get(target) ?? size];
    const column = inMatrix.get(predicted) ?? size;
    if (line !== undefined) line[column] = (line[column] ?? 0) + images;
  }
  const others = cells.some((line, at) => (line[size] ?? 0) > 0 || (at === size && line.some((images) => images > 0)));
  const last = others ? size + 1 : size;
  const name = (at: number) => (at < size ? className(shown[at]) : 'all others');
  return (
    <section>
      <h2>Confusion</h2>
      <p class="quiet">
        {others ? 'The classes that are taken for each other most often' : 'Every class'}: true classes from top to bottom, predictions from
        left to right, in images.
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class="scroll" aria-label="Confusion matrix" tabIndex={0}>
        <table class="matrix">
          <thead>
            <tr>
              <td class="quiet small">true \ predicted</td>
              {Array.from({ length: last }, (_, at) => (
                <th key={at} scope="col">
                  <span>{name(at)}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {cells.slice(0, last).map((line, at) => {
              const total = line.reduce((sum, images) => sum + images, 0);
              return (
                <tr key={at}>
                  <th scope="row">{name(at)}</th>
                  {line.slice(0, last).map((images, column) => (
                    <td key={column} class={at === column ? 'agree' : 'differ'} style={{ '--share': total === 0 ? 0 : images / total }}>
                      {images === 0 ? (
                        <span class="zero">·</span>
                      ) : at < size && column < size ? (
                        <button
                          type="button"
                          aria-label={`${count(images)} images of ${name(at)} predicted as ${name(column)}`}
                          onClick={() => showImages({ target: shown[at], predicted: shown[column] })}
                        >
                          {count(images)}
                        </button>
                      ) : (
                        count(images)
                      )}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
    </section>
  );
}
