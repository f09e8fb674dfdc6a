import { engine } from '../engine/client.js';
import type { Evidence } from '../engine/protocol.js';
import { chance } from '../heatmap/where.js';
import { shortLabel, titleOf } from '../state/names.js';
import { model, picture, shownAnswer } from '../state/store.js';
import { viewToHash } from '../state/url.js';
import { view } from '../state/view.js';
import { fileName } from './names.js';
import { npy } from './npy.js';
import { type Host, program } from './program.js';
import { save } from './save.js';

/** Saves the picture under each heatmap that is shown. */
export async function saveOverlays(): Promise<void> {
  const { answer, shown, method } = current();
  for (const evidence of answer.evidence) save(await drawn('overlay', [evidence]), `${fileName(shown.name, nameOf(evidence), method)}.png`);
}

/** Saves the picture and its overlays side by side. */
export async function saveFigure(): Promise<void> {
  const { answer, shown, method } = current();
  save(await drawn('figure', answer.evidence), `${fileName(shown.name, ...answer.evidence.map(nameOf), method)}.figure.png`);
}

/** Saves the signed maps as they come from the layer. */
export async function saveMaps(): Promise<void> {
  const { answer, shown, method } = current();
  for (const evidence of answer.evidence) save(npy(evidence.map), `${fileName(shown.name, nameOf(evidence), method)}.npy`);
}

/** Saves the model with a heatmap as one output more: of the class that was chosen, or of the most probable one of each picture. */
export async function saveModel(): Promise<void> {
  const { open, layer, method, class: index } = current();
  const bytes = await engine.exportModel(open.id, { layer, method, ...(index !== undefined && { class: index }) });
  save(new Uint8Array(bytes), `${fileName(open.name, method)}.onnx`);
}

/** A program that makes what is shown. */
export function shownProgram(host: Host): string {
  const { answer, open, layer, method, alpha, colormap, picture: pictureKey, model: modelKey } = current();
  return program(host, {
    model: modelFile(modelKey),
    picture: pictureFile(pictureKey),
    preprocess: open.preprocess,
    input: open.input,
    classes: answer.evidence.map(({ class: index }) => index),
    against: answer.evidence[0]?.against,
    layer,
    method,
    alpha,
    colormap,
  });
}

/** The address of what is shown. */
export function address(): string {
  const url = new URL(location.href);
  url.hash = viewToHash(view.peek());
  return url.href;
}

/** Everything that is shown. @throws Error while there is no heatmap */
function current() {
  const [answer, shown, open] = [shownAnswer.peek(), picture.peek(), model.peek()];
  if (answer === undefined || shown === undefined || open === undefined) throw new Error('there is no heatmap yet; wait for it');
  return { answer, shown, open, ...view.peek() };
}

function drawn(kind: 'overlay' | 'figure', evidence: readonly Evidence[]): Promise<Blob> {
  const { answer, shown, open, alpha, colormap, method } = current();
  const layers = evidence[0]?.layers ?? [];
  return engine.draw(shown.id, kind, {
    heatmaps: evidence.map((one) => ({ heatmap: one.heatmap, title: `${nameOf(one)}, ${chance(one.probability)}` })),
    placement: answer.placement,
    alpha,
    colormap,
    title: shown.name,
    footer: `${open.name}, ${titleOf(method)}${layers.length === 1 ? ` at ${layers[0]}` : ''}`,
  });
}

/** `truck`, or `truck not airplane` */
function nameOf({ class: index, against }: Evidence): string {
  return against === undefined ? shortLabel(index) : `${shortLabel(index)} not ${shortLabel(against)}`;
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
