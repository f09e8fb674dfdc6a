import { type Place, problems, setProblem } from '../state/store.js';
import { Icon } from './icons.js';

/** What went wrong at a place of the page, in words, there. */
export function ProblemAt({ place }: { readonly place: Place }) {
  const problem = problems.value[place];
  return (
    <div role="alert">
      {problem && (
        <p class="problem">
          <Icon name="warning" />
          <span>{sentence(problem.message)}</span>
          <button type="button" aria-label="Dismiss this message" onClick={() => setProblem(place, undefined)}>
            <Icon name="close" />
          </button>
        </p>
      )}
    </div>
  );
}

/** What messages say of the command, as it is on this page. */
const here: readonly (readonly [RegExp, string])[] = [
  [/;? ?\(?gradcam layers lists (?:them all|them|those that can)\)?/, '; the strip of layers below shows those that can'],
  [/ \(gradcam methods lists them\)/, ''],
];

/** Messages begin in lower case where they follow the name of a command. */
function sentence(message: string): string {
  const own = here.reduce((words, [pattern, instead]) => words.replace(pattern, instead), message);
  const text = own.charAt(0).toUpperCase() + own.slice(1);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
