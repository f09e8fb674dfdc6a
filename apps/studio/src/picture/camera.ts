import { effect, signal } from '@preact/signals';
import { show } from '../engine/client.js';
import { busy, picture, setProblem } from '../state/store.js';
import { change } from '../state/view.js';
import { nextId, showFile } from './show.js';

/** Whether the camera is on. */
export const live = signal(false);

/** How long a frame that is not shown any more is kept, in milliseconds. */
const KEPT = 500;

let stream: MediaStream | undefined;
let stopWatching: (() => void) | undefined;

/** Turns the camera on: its frames are explained one after another, as fast as the engine answers; those between are dropped. */
export async function startCamera(): Promise<void> {
  setProblem('camera', undefined);
  setProblem('picture', undefined);
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } });
  } catch (error) {
    setProblem('camera', { code: 'camera', message: whyNot(error) });
    return;
  }
  const video = document.createElement('video');
  video.muted = true;
  video.playsInline = true;
  video.srcObject = stream;
  stream.getVideoTracks()[0]?.addEventListener('ended', stopCamera);
  await video.play();
  live.value = true;
  change({ picture: 'camera', class: undefined, other: undefined });
  let waiting = false;
  const stop = effect(() => {
    // A frame is looked at only when the one before is answered.
    if (busy.value || !live.value || waiting) return;
    waiting = true;
    video.requestVideoFrameCallback(() => {
      waiting = false;
      if (live.peek()) void showFrame(video);
    });
  });
  stopWatching = () => {
    stop();
    video.srcObject = null;
  };
}

async function showFrame(video: HTMLVideoElement): Promise<void> {
  const [bitmap, source] = await Promise.all([createImageBitmap(video), createImageBitmap(video)]);
  if (!live.peek()) return;
  const id = nextId();
  const { width, height } = bitmap;
  void show(id, source);
  const before = picture.peek();
  picture.value = { id, key: 'camera', name: 'Camera', width, height, bitmap, live: true };
  // Whoever draws the one before has done so by then; its memory is not left to the garbage collector.
  if (before?.live) setTimeout(() => before.bitmap.close(), KEPT);
}

/** Turns the camera off; its last frame stays. */
export function stopCamera(): void {
  if (!live.peek()) return;
  live.value = false;
  stopWatching?.();
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = undefined;
  const last = picture.peek();
  if (last?.live) picture.value = { ...last, live: false };
}

/** Turns the camera off and keeps what it shows as a picture of the user's own. */
export async function takePicture(): Promise<void> {
  const { bitmap } = picture.peek() ?? {};
  if (bitmap === undefined) return stopCamera();
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  stopCamera();
  await showFile(await canvas.convertToBlob({ type: 'image/png' }), 'camera.png');
}

function whyNot(error: unknown): string {
  const name = error instanceof DOMException ? error.name : '';
  if (name === 'NotAllowedError') return 'The browser does not let this page use the camera. Allow it in the address bar, then try again.';
  if (name === 'NotFoundError') return 'No camera was found. Connect one, or choose a picture instead.';
  if (name === 'NotReadableError') return 'Another program uses the camera. Close it there, then try again.';
  if (!('mediaDevices' in navigator)) return 'A camera needs a secure page: open this one by https or on localhost.';
  return `The camera does not start: ${error instanceof Error ? error.message : String(error)}.`;
}
