import { type Place, problems, setProblem } from '../state/store.js';
import { Icon } from './icons.js';
import { sentence } from './sentence.js';

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
