// All of the package in modules that need no bundler. ONNX Runtime's files are found beside it, in node_modules/onnxruntime-web.
import { openExplainer } from '../../node_modules/@gradcam/web/dist/browser/gradcam.js';

const MODEL = '../../packages/cli/model/everyday-int8.onnx';
const EXAMPLE = '../../models/everyday/examples/airplane-and-truck.svg';

const [canvas, input, drop, status, list] = ['canvas', 'input', 'label', '[role=status]', 'ol'].map((name) => document.querySelector(name));

// In a worker of its own; fetched and compiled while the page is already there.
const opening = openExplainer(MODEL);

let stop = new AbortController();

/** Shows why the network sees a class in a picture: the most probable one, or the one that was clicked. */
async function show(picture, ...classes) {
  stop.abort();
  stop = new AbortController();
  const { signal } = stop;
  try {
    const explainer = await opening;
    const { predictions, explanations, milliseconds } = await explainer.explain(picture, { classes, signal });
    const [explanation] = explanations;

    const overlay = explanation.overlay({ alpha: 0.5, colormap: 'turbo' });
    [canvas.width, canvas.height] = [overlay.width, overlay.height];
    canvas.getContext('2d').putImageData(overlay, 0, 0);
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
    if (!signal.aborted) status.textContent = error.message;
  }
}

function showFirst(files) {
  if (files.length > 0) show(files[0]);
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
  showFirst(event.dataTransfer.files);
};

const file = await fetch(EXAMPLE);
await show(await file.blob());
