import { picture } from '../state/store.js';
import { view } from '../state/view.js';
import { wanted } from '../state/wanted.js';
import { Icon } from '../ui/icons.js';
import { Pick } from '../ui/pick.js';
import { ProblemAt } from '../ui/problem.js';
import { live, startCamera, stopCamera, takePicture } from './camera.js';
import { examples } from './examples.js';
import './panel.css';
import { own, showExample, showFile } from './show.js';

/** Where pictures come from. */
export function PicturePanel() {
  const key = picture.value?.key;
  const asked = wanted.value;
  return (
    <section class="card" aria-labelledby="picture-title">
      <header>
        <h2 id="picture-title">Picture</h2>
        <span class="small quiet">or drop or paste one</span>
      </header>
      <div class="thumbs" data-own={own.value !== undefined}>
        {examples.map((example) => (
          <button
            key={example.key}
            type="button"
            class="thumb"
            aria-pressed={example.key === key}
            onClick={() => {
              stopCamera();
              void showExample(example);
            }}
          >
            <img src={example.url} alt={example.title} width="96" height="96" />
          </button>
        ))}
        {own.value && <Own />}
      </div>
      {live.value ? (
        <div class="row">
          <button type="button" class="button strong" onClick={() => void takePicture()}>
            <Icon name="camera" />
            Keep this picture
          </button>
          <button type="button" class="button" onClick={stopCamera}>
            <Icon name="stop" />
            Stop
          </button>
        </div>
      ) : (
        <div class="row">
          <Pick
            label="Choose a picture"
            icon="picture"
            accept="image/*"
            picked={([file]) => {
              if (file !== undefined) void showFile(file, file.name);
            }}
          />
          <button type="button" class="button" onClick={() => void startCamera()}>
            <Icon name="camera" />
            Camera
          </button>
        </div>
      )}
      {asked?.picture.startsWith('file:') && asked.picture !== view.value.picture && (
        <p class="note small">
          This link shows the picture <code>{asked.picture.slice('file:'.length)}</code>, and files are not part of links: choose it here to
          see the same.
        </p>
      )}
      <ProblemAt place="picture" />
      <ProblemAt place="camera" />
    </section>
  );
}

/** The picture of the user's own. */
function Own() {
  const last = own.value;
  if (last === undefined) return null;
  return (
    <button
      type="button"
      class="thumb"
      aria-pressed={picture.value?.key === last.key && !live.value}
      onClick={() => {
        stopCamera();
        void showFile(last.file, last.name);
      }}
    >
      <img src={last.url} alt={last.name} width="96" height="96" />
    </button>
  );
}
