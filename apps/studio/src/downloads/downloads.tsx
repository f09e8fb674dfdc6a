import { signal } from '@preact/signals';
import { engine } from '../engine/client.js';
import { problemOf } from '../engine/words.js';
import { chance } from '../heatmap/where.js';
import { shortLabel, titleOf } from '../state/names.js';
import { methods, model, picture, setProblem, shownAnswer } from '../state/store.js';
import { viewToHash } from '../state/url.js';
import { view } from '../state/view.js';
import { Icon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';
import { ProblemAt } from '../ui/problem.js';
import './downloads.css';
import { fileName } from './names.js';
import { npy } from './npy.js';
import { type Host, program, type Shown } from './program.js';
import { save } from './save.js';

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
          <button type="button" disabled={!ready} onClick={() => void saving('The overlay was saved', overlay)}>
            Overlay
            <span>PNG, the picture at its own size</span>
          </button>
          <button type="button" disabled={!ready} onClick={() => void saving('The figure was saved', figure)}>
            Figure
            <span>PNG with titles and a colour bar</span>
          </button>
          <button type="button" disabled={!ready} onClick={() => void saving('The map was saved', map)}>
            Raw map
            <span>.npy, signed, at the layer’s own size</span>
          </button>
          <button type="button" disabled={!ready || !exportable} onClick={() => void saving('The model was saved', exported)}>
            Self-explaining model
            <span>{exportable ? '.onnx with a heatmap as one output more' : 'only for one class, by methods of one pass'}</span>
          </button>
        </Menu>
        <Menu label="Copy code" icon="code">
          <button type="button" disabled={!ready} onClick={() => void copied('node')}>
            For Node.js
            <span>TypeScript that makes this heatmap with @gradcam/node</span>
          </button>
          <button type="button" disabled={!ready} onClick={() => void copied('web')}>
            For the browser
            <span>TypeScript that makes it with @gradcam/web</span>
          </button>
        </Menu>
        <button
          type="button"
          class="button"
          onClick={() => void copy(address(), 'The link was copied; pictures and models are not part of it')}
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

/** Everything that is shown, which is there where these are enabled. */
function current() {
  const [answer, shown, open] = [shownAnswer.peek(), picture.peek(), model.peek()];
  if (answer === undefined || shown === undefined || open === undefined) throw new Error('there is no heatmap yet; wait for it');
  return { answer, shown, open, ...view.peek() };
}

/** `truck`, or `truck-not-airplane` */
function names(): readonly string[] {
  return current().answer.evidence.map(({ class: index, against }) =>
    against === undefined ? shortLabel(index) : `${shortLabel(index)} not ${shortLabel(against)}`,
  );
}

async function drawn(kind: 'overlay' | 'figure'): Promise<Blob> {
  const { answer, shown, open, alpha, colormap, method } = current();
  const layers = answer.evidence[0]?.layers ?? [];
  const titles = names().map((name, index) => `${name}, ${chance(answer.evidence[index]?.probability ?? 0)}`);
  return engine.draw(shown.id, kind, {
    heatmaps: answer.evidence.map(({ heatmap }, index) => ({ heatmap, title: titles[index] ?? '' })),
    placement: answer.placement,
    alpha,
    colormap,
    title: shown.name,
    footer: `${open.name}, ${titleOf(method)}${layers.length === 1 ? ` at ${layers[0]}` : ''}`,
  });
}

async function overlay(): Promise<void> {
  const { shown, method } = current();
  save(await drawn('overlay'), `${fileName(shown.name, names()[0] ?? '', method)}.png`);
}

async function figure(): Promise<void> {
  const { shown, method } = current();
  save(await drawn('figure'), `${fileName(shown.name, ...names(), method)}.figure.png`);
}

async function map(): Promise<void> {
  const { answer, shown, method } = current();
  answer.evidence.forEach(({ map: raw }, index) => {
    save(npy(raw), `${fileName(shown.name, names()[index] ?? '', method)}.npy`);
  });
}

async function exported(): Promise<void> {
  const { open, layer, method, class: index } = current();
  const bytes = await engine.exportModel(open.id, { layer, method, ...(index !== undefined && { class: index }) });
  save(new Uint8Array(bytes), `${fileName(open.name, method)}.onnx`);
}

async function copied(host: Host): Promise<void> {
  const { answer, open, layer, method, alpha, colormap, picture: key, model: modelKey } = current();
  const shown: Shown = {
    model: modelFile(modelKey),
    picture: pictureFile(key),
    preprocess: open.preprocess,
    input: open.input,
    classes: answer.evidence.map(({ class: index }) => index),
    against: answer.evidence[0]?.against,
    layer,
    method,
    alpha,
    colormap,
  };
  await copy(program(host, shown), 'The program was copied');
}

function modelFile(key: string): string {
  const [, origin, name] = /^(file|zoo):(.*)$/s.exec(key) ?? [];
  if (name === undefined) return 'everyday-int8.onnx';
  return origin === 'zoo' ? `${name}.onnx` : name;
}

function pictureFile(key: string): string {
  if (key.startsWith('file:')) return key.slice('file:'.length);
  return key === 'camera' ? 'camera.png' : `${key}.svg`;
}

function address(): string {
  const hash = viewToHash(view.peek());
  const url = new URL(location.href);
  url.hash = hash;
  return url.href;
}

async function copy(text: string, words: string): Promise<void> {
  setProblem('download', undefined);
  done.value = '';
  try {
    await navigator.clipboard.writeText(text);
    done.value = words;
  } catch {
    setProblem('download', {
      code: 'clipboard',
      message: 'The browser does not let this page copy. Allow it to use the clipboard, then try again.',
    });
  }
}
