import { presetNames } from '@gradcam/core';
import { useState } from 'preact/hooks';
import { model, opening } from '../state/store.js';
import { view } from '../state/view.js';
import { wanted } from '../state/wanted.js';
import { Pick } from '../ui/pick.js';
import { ProblemAt } from '../ui/problem.js';
import { sentence } from '../ui/sentence.js';
import { sortFiles } from './files.js';
import { describe, EVERYDAY, openBundled, openFiles } from './open.js';
import './panel.css';
import { Zoo } from './zoo.js';

/** Which model is asked, and how pictures are prepared for it. */
export function ModelPanel() {
  const facts = model.value;
  const asked = wanted.value;
  return (
    <section class="card" aria-labelledby="model-title">
      <header>
        <h2 id="model-title">Model</h2>
        {view.value.model !== EVERYDAY && (
          <button type="button" class="link small" onClick={() => void openBundled()}>
            Back to everyday
          </button>
        )}
      </header>
      {asked !== undefined && asked.model !== view.value.model && <Missing model={asked.model} />}
      <div aria-live="polite">
        {opening.value !== undefined ? (
          <p>
            Opening <b>{opening.value}</b>…
          </p>
        ) : (
          facts && (
            <>
              <p class="model-name">{facts.name}</p>
              <p class="small quiet">
                {facts.preprocess.size.join(' × ')} input, {facts.classes} classes, {megabytes(facts.bytes)}
                {facts.name === EVERYDAY && '. Small and quick, made for trying things out: bring your own for real work.'}
              </p>
              {facts.notes.map((note) => (
                <p key={note} class="small quiet">
                  {sentence(note)}
                </p>
              ))}
            </>
          )
        )}
      </div>
      {facts && <ProblemAt place="model" />}
      <div class="row">
        <Pick
          label="Open an .onnx file"
          accept=".onnx,.data,.bin,.txt,.json"
          multiple
          picked={(files) => void openFiles(sortFiles(files))}
        />
        {facts && (
          <Pick label="Labels" accept=".txt,.json,.names" picked={([file]) => void file?.text().then((labels) => describe({ labels }))} />
        )}
      </div>
      {facts && <Preprocessing key={facts.id} />}
      <Zoo />
    </section>
  );
}

/** What to do where the page's address asks for a model that the page does not have. */
function Missing({ model: key }: { readonly model: string }) {
  const name = <code>{key.replace(/^(?:file|zoo):/, '')}</code>;
  return (
    <p class="note small">
      {key.startsWith('zoo:') ? (
        <>This link shows the pretrained network {name}: choose it below to see the same.</>
      ) : (
        <>This link shows the model {name}, and files are not part of links: open it here to see the same.</>
      )}
    </p>
  );
}

/** By a preset's name, or in the schema. */
function Preprocessing() {
  const facts = model.value;
  const { preprocess } = view.value;
  const isPreset = presetNames.some((name) => name === preprocess);
  const choice = preprocess === undefined ? 'own' : isPreset ? preprocess : 'json';
  const [editing, setEditing] = useState(choice === 'json');
  const [text, setText] = useState(() =>
    JSON.stringify(facts?.preprocess, undefined, 1)
      .replace(/\n\s+(?=[\d.-]+,?\n)/g, ' ')
      .replace(/(\d)\n\s*\]/g, '$1 ]'),
  );
  const choose = (value: string) => {
    setEditing(value === 'json');
    if (value !== 'json') void describe({ preprocess: value === 'own' ? undefined : value });
  };
  return (
    <div class="preprocessing">
      <label class="small">
        <span class="quiet">Preprocessing</span>
        <select class="field" value={editing ? 'json' : choice} onChange={({ currentTarget }) => choose(currentTarget.value)}>
          <option value="own">as the model says</option>
          {presetNames.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
          <option value="json">written out…</option>
        </select>
      </label>
      {editing && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void describe({ preprocess: text });
          }}
        >
          <label class="small">
            <span class="quiet">As JSON: x = (pixel · scale − mean) / std</span>
            <textarea class="field" spellcheck={false} value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
          </label>
          <button type="submit" class="button">
            Use it
          </button>
        </form>
      )}
    </div>
  );
}

function megabytes(bytes: number): string {
  const size = bytes / 1e6;
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} MB`;
}
