import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { sortFiles } from '../model/files.js';
import { openFiles } from '../model/open.js';
import { setProblem } from '../state/store.js';
import { stopCamera } from './camera.js';
import { showFile } from './show.js';

const dragging = signal(false);

/** Takes files that are dropped or pasted anywhere on the page: pictures, models, labels, preprocessing. */
export function Dropping() {
  useEffect(() => {
    const over = (event: DragEvent) => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      dragging.value = true;
    };
    const leave = ({ relatedTarget }: DragEvent) => {
      if (relatedTarget === null) dragging.value = false;
    };
    const drop = (event: DragEvent) => {
      dragging.value = false;
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      take(files);
    };
    const paste = ({ clipboardData }: ClipboardEvent) => {
      const files = [...(clipboardData?.files ?? [])];
      if (files.length > 0) take(files);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    addEventListener('paste', paste);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
      removeEventListener('paste', paste);
    };
  }, []);
  if (!dragging.value) return null;
  return (
    <div class="dropping" aria-hidden="true">
      <div>
        <p>Drop it here</p>
        <p class="quiet">a picture, or an .onnx model with its data, labels and preprocessing</p>
      </div>
    </div>
  );
}

function take(files: readonly File[]): void {
  const sorted = sortFiles(files);
  const { picture, model, labels, preprocess } = sorted;
  if (picture !== undefined) {
    stopCamera();
    void showFile(picture, picture.name);
  }
  if (model !== undefined || labels !== undefined || preprocess !== undefined) void openFiles(sorted);
  else if (picture === undefined) {
    const names = files.map(({ name }) => `‘${name}’`).join(', ');
    setProblem('picture', {
      code: 'invalid-image',
      message: `${names} cannot be used here. Drop a picture, an .onnx model, or its labels (.txt, .json).`,
    });
  }
}
