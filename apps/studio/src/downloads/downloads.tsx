import { signal } from '@preact/signals';
import { problemOf } from '../engine/words.js';
import { methods, setProblem, shownAnswer } from '../state/store.js';
import { view } from '../state/view.js';
import { Icon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';
import { ProblemAt } from '../ui/problem.js';
import './downloads.css';
import { address, saveFigure, saveMaps, saveModel, saveOverlays, shownProgram } from './take.js';

/** What was done last, for those who see it and those who hear it. */
const done = signal('');

/** Takes the view away: as pictures, numbers, a model, a program, an address. */
export function Downloads() {
  const ready = shownAnswer.value !== undefined;
  const exportable = methods.value.find(({ name }) => name === view.value.method)?.exportable !== false && view.value.mode !== 'against';
  return (
    <div class="downloads">
      <div class="row">
        <Menu label="Download" icon="download">
          <button type="button" disabled={!ready} onClick={() => void saving('The overlay was saved', saveOverlays)}>
            Overlay
            <span>PNG, the picture at its own size</span>
          </button>
          <button type="button" disabled={!ready} onClick={() => void saving('The figure was saved', saveFigure)}>
            Figure
            <span>PNG with titles and a colour bar</span>
          </button>
          <button type="button" disabled={!ready} onClick={() => void saving('The map was saved', saveMaps)}>
            Raw map
            <span>.npy, signed, at the layer’s own size</span>
          </button>
          <button type="button" disabled={!ready || !exportable} onClick={() => void saving('The model was saved', saveModel)}>
            Self-explaining model
            <span>{exportable ? '.onnx with a heatmap as one output more' : 'only for one class, by methods of one pass'}</span>
          </button>
        </Menu>
        <Menu label="Copy code" icon="code">
          <button type="button" disabled={!ready} onClick={() => void copying('The program was copied', () => shownProgram('node'))}>
            For Node.js
            <span>TypeScript that makes this heatmap with @gradcam/node</span>
          </button>
          <button type="button" disabled={!ready} onClick={() => void copying('The program was copied', () => shownProgram('web'))}>
            For the browser
            <span>TypeScript that makes it with @gradcam/web</span>
          </button>
        </Menu>
        <button
          type="button"
          class="button"
          onClick={() => void copying('The link was copied; pictures and models are not part of it', address)}
        >
          <Icon name="link" />
          Copy link
        </button>
        <p class="small quiet done" role="status">
          {done.value && <Icon name="check" />}
          {done.value}
        </p>
      </div>
      <ProblemAt place="download" />
    </div>
  );
}

/** Does something that the user asked for, and says that it was done or why it was not. */
async function saving(words: string, work: () => Promise<void>): Promise<void> {
  setProblem('download', undefined);
  done.value = '';
  try {
    await work();
    done.value = words;
  } catch (error) {
    setProblem('download', problemOf(error));
  }
}

function copying(words: string, text: () => string): Promise<void> {
  return saving(words, async () => {
    const copied = text();
    await navigator.clipboard.writeText(copied).catch(() => {
      throw new Error('the browser does not let this page copy; allow it to use the clipboard, then try again');
    });
  });
}
