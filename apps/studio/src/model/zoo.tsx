import { useEffect } from 'preact/hooks';
import { chooseZooModel, download, refreshKept, stopDownload, zooChoices, zooName } from './zoo-choice.js';
import './zoo.css';

/** Pretrained networks by name: a list, and the download that is under way. Nothing is fetched before one is chosen. */
export function Zoo() {
  useEffect(() => void refreshKept(), []);
  const chosen = zooChoices.value.find(({ name }) => name === zooName.value);
  const choose = (event: Event) => {
    event.preventDefault();
    void chooseZooModel(zooName.value);
  };
  return (
    <form class="zoo" onSubmit={choose}>
      <label for="zoo-name" class="small quiet">
        Pretrained network
      </label>
      <div class="zoo-row">
        <select
          class="field"
          id="zoo-name"
          aria-describedby="zoo-hint"
          value={zooName.value}
          onChange={({ currentTarget }) => {
            zooName.value = currentTarget.value;
          }}
        >
          {zooChoices.value.map(({ name, title, megabytes, kept }) => (
            <option key={name} value={name}>
              {title} · {kept ? 'on this device' : `${megabytes} MB`}
            </option>
          ))}
        </select>
        <button type="submit" class="button">
          {chosen?.kept ? 'Open' : 'Download'}
        </button>
      </div>
      <Progress />
      <p id="zoo-hint" class="small quiet">
        Knows the 1000 classes of ImageNet. Fetched once from Hugging Face and kept in this browser; your pictures stay here.
      </p>
    </form>
  );
}

function Progress() {
  const under = download.value;
  if (under === undefined) return null;
  const { title, received, total } = under;
  const words = `${(received / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
  return (
    <div class="zoo-row">
      <progress aria-label={`Downloading ${title}`} max={total} value={received} aria-valuetext={words} />
      <span class="zoo-bytes small">{words}</span>
      <button type="button" class="button" onClick={stopDownload}>
        Cancel
      </button>
    </div>
  );
}
