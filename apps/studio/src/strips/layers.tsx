import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { LayerFacts } from '../engine/protocol.js';
import { answer, methods, picture } from '../state/store.js';
import { change, view } from '../state/view.js';
import { useNear } from './near.js';
import { gridOf, shortName } from './pick.js';
import { layerMethod, layersAsked, layersStrip, layerTiles, shownLayers } from './state.js';
import { Paused, Thumb } from './thumb.js';
import './strips.css';

/** Layers from the first to the last as small maps: a click explains there. */
export function LayerStrip() {
  const section = useRef<HTMLElement>(null);
  const near = useNear(section);
  useSignalEffect(() => {
    const wanted = layersAsked.value;
    if (wanted === undefined) layersStrip.drop();
    else if (near.value) layersStrip.ask(wanted);
  });
  const shown = shownLayers.value;
  const title = methods.value.find(({ name }) => name === layerMethod.value)?.title ?? 'Grad-CAM';
  return (
    <section class="strip card" ref={section} aria-labelledby="layers-title">
      <header>
        <h2 id="layers-title">Layers, from the first to the last</h2>
        <p class="quiet small">{title} at each. Early layers see edges, late ones see things.</p>
      </header>
      {picture.value?.live ? (
        <Paused />
      ) : (
        <ol class="tiles tiles-row">
          {shown.map((layer) => (
            <LayerTile key={layer.name} layer={layer} />
          ))}
        </ol>
      )}
    </section>
  );
}

function LayerTile({ layer }: { layer: LayerFacts }) {
  const tile = layerTiles.value.get(layer.name);
  const { layer: chosen } = view.value;
  const pressed = chosen === layer.name || (chosen === 'auto' && layer.isDefault);
  const grid = gridOf(layer);
  const says = tile?.problem?.message;
  return (
    <li>
      <button
        type="button"
        class="tile"
        aria-pressed={pressed}
        title={says ?? `${layer.name} (${layer.operator})`}
        onClick={() => change({ layer: layer.isDefault ? 'auto' : layer.name })}
      >
        <span class={`tile-map${tile?.heatmap === undefined ? ' waiting' : ''}`}>
          {answer.value && <Thumb heatmap={tile?.heatmap} />}
          {tile?.problem && <span class="tile-none">cannot be explained</span>}
          {tile?.heatmap?.data.every((value) => value === 0) && <span class="tile-none">nothing speaks for it</span>}
        </span>
        <span class="tile-name">
          <span class="unseen">Layer </span>
          {shortName(layer)
            .split('/')
            .map((part, index) => (index === 0 ? part : [<wbr key={part} />, `/${part}`]))}
        </span>
        <span class="tile-note">
          {layer.operator}, {grid}
          {layer.isDefault && <strong> · default</strong>}
        </span>
      </button>
    </li>
  );
}
