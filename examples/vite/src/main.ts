import { openExplainer } from '@gradcam/web';
// Your own: put it into `public/` and write its address, '/network.onnx'.
import model from '../../../models/everyday/everyday-int8.onnx?url';
import example from '../../../models/everyday/examples/airplane-and-truck.svg?url';

const find = <E extends Element>(selector: string) => document.querySelector<E>(selector) as E;
const [canvas, input, drop] = [find<HTMLCanvasElement>('canvas'), find<HTMLInputElement>('input'), find<HTMLElement>('label')];
const [status, list] = [find<HTMLElement>('[role=status]'), find<HTMLElement>('ol')];

// In a worker of its own; fetched and compiled while the page is already there.
const opening = openExplainer(model);

let stop = new AbortController();

/** Shows why the network sees a class in a picture: the most probable one, or the one that was clicked. */
async function show(picture: Blob, ...classes: number[]) {
  stop.abort();
  stop = new AbortController();
  const { signal } = stop;
  try {
    const explainer = await opening;
    const { predictions, explanations, milliseconds } = await explainer.explain(picture, { classes, signal });
    const [explanation] = explanations;
    if (explanation === undefined) return;

    const overlay = explanation.overlay({ alpha: 0.5, colormap: 'turbo' });
    [canvas.width, canvas.height] = [overlay.width, overlay.height];
    canvas.getContext('2d')?.putImageData(overlay, 0, 0);
    canvas.ariaLabel = `The picture, and over it what speaks for ${explanation.class.label}`;

    const rows = predictions.slice(0, 5).map(({ index, label, probability }) => {
      const button = document.createElement('button');
      const share = `${Math.round(100 * probability)} %`;
      button.append(label, ' ', share);
      button.style.setProperty('--share', share.replace(' ', ''));
      button.ariaPressed = String(index === explanation.class.index);
      button.onclick = () => show(picture, index);
      const row = document.createElement('li');
      row.append(button);
      return row;
    });
    list.replaceChildren(...rows);
    status.textContent = `Why ${explanation.class.label}: ${Math.round(milliseconds)} ms on ${explainer.runtime}`;
  } catch (error) {
    // A later question took this one's place.
    if (!signal.aborted) status.textContent = error instanceof Error ? error.message : String(error);
  }
}

function showFirst(files: FileList | null | undefined) {
  if (files?.[0] !== undefined) void show(files[0]);
}

input.onchange = () => showFirst(input.files);
drop.ondragover = (event) => {
  event.preventDefault();
  drop.classList.add('over');
};
drop.ondragleave = () => drop.classList.remove('over');
drop.ondrop = (event) => {
  event.preventDefault();
  drop.classList.remove('over');
  showFirst(event.dataTransfer?.files);
};

const file = await fetch(example);
await show(await file.blob());
