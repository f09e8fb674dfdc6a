import { type ChannelParts, contributionOf, voicesAt } from '@gradcam/core';
import { useEffect, useRef } from 'preact/hooks';
import { picture } from '../state/store.js';
import { Bar } from './channels.js';
import { painted } from './map-canvas.js';
import { channel, chosen, grid, names, pointed, position } from './state.js';
import { type Grid, largest, positionAt, rectangleOf, type Share, signed, stepFrom } from './take-apart.js';
import './picture.css';

/** Voices that are named; the others are summed up. */
const NAMED = 6;

/** Sides up to which the lines between positions are drawn. */
const MAX_LINES = 40;

const ARROWS: Readonly<Record<string, readonly [right: number, down: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The picture under the layer's grid: whoever points at a position of it, or goes there by arrow keys, is told which channels speak there. */
export function InsidePicture({ parts }: { parts: ChannelParts }) {
  const shown = picture.value;
  const on = grid.value;
  const canvas = useRef<HTMLCanvasElement>(null);
  const over = channel.value;
  useEffect(() => {
    const element = canvas.current;
    if (element === null || shown === undefined) return;
    element.width = shown.bitmap.width;
    element.height = shown.bitmap.height;
    draw(element, shown.bitmap, on, parts, over);
  }, [shown, on, parts, over]);
  if (shown === undefined) return null;

  const pointAt = ({ currentTarget, clientX, clientY }: PointerEvent & { currentTarget: HTMLElement }) => {
    const box = currentTarget.getBoundingClientRect();
    return on && positionAt(on, (clientX - box.left) / box.width, (clientY - box.top) / box.height);
  };
  const go = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (event.key === 'Escape') chosen.value = undefined;
    else if (arrow !== undefined && on !== undefined) {
      event.preventDefault();
      chosen.value = stepFrom(on, chosen.peek(), ...arrow);
    }
  };
  const at = on && position.value;
  const { width, height } = parts.map;
  return (
    <div class="inside-picture">
      <div
        class="ground"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move over it
        tabIndex={0}
        aria-roledescription="picture with positions"
        aria-label={`The picture under the map’s ${width} × ${height} positions. Arrow keys go from one to the next.`}
        aria-describedby="inside-voices"
        style={{ aspectRatio: `${shown.width} / ${shown.height}`, maxWidth: `calc(${shown.width / shown.height} * max(60vh, 280px))` }}
        onKeyDown={go}
        onPointerMove={(event) => {
          if (event.pointerType !== 'touch') pointed.value = pointAt(event);
        }}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
        onPointerDown={(event) => {
          chosen.value = pointAt(event);
        }}
      >
        <canvas ref={canvas} />
        {on && width <= MAX_LINES && height <= MAX_LINES && (
          <span class="lines" style={{ ...box(rectangleOf(on)), '--columns': width, '--rows': height }} aria-hidden="true" />
        )}
        {on && at !== undefined && <span class="mark" style={box(rectangleOf(on, at))} aria-hidden="true" />}
      </div>
      <p class="hint">
        {over === undefined ? (
          'Point at the picture, tap it, or move over it with the arrow keys: which channels speak there?'
        ) : (
          <>
            The contribution of channel {over} on the picture.{' '}
            <button
              type="button"
              class="link"
              onClick={() => {
                channel.value = undefined;
              }}
            >
              Hide it
            </button>
          </>
        )}
      </p>
      <Voices parts={parts} at={at} />
    </div>
  );
}

/** The loudest channels at a position, and what all others say together. */
function Voices({ parts, at }: { parts: ChannelParts; at: number | undefined }) {
  const all = at === undefined ? [] : voicesAt(parts, at);
  const loud = all.slice(0, NAMED);
  const rest = all.slice(NAMED).reduce((sum, { value }) => sum + value, 0);
  const most = Math.abs(loud[0]?.value ?? 0);
  return (
    <div class="voices" id="inside-voices" aria-live="polite">
      {at === undefined ? (
        <p class="voices-none">No position is marked.</p>
      ) : (
        <>
          <p class="voices-where">
            Row {Math.floor(at / parts.map.width) + 1}, column {(at % parts.map.width) + 1}: the sum is{' '}
            <strong class={(parts.map.data[at] ?? 0) < 0 ? 'against' : 'for'}>{signed(parts.map.data[at] ?? 0)}</strong>
            {(parts.map.data[at] ?? 0) < 0 ? ` and speaks against “${names.value.class}”.` : '.'}
          </p>
          <ol>
            {loud.map(({ channel: k, value }) => (
              <Voice key={k} name={`channel ${k}`} value={value} most={most} />
            ))}
            {all.length > NAMED && <Voice name={`${all.length - NAMED} others, together`} value={rest} />}
          </ol>
        </>
      )}
    </div>
  );
}

/** @param most the number of the longest bar; without it there is no bar */
function Voice({ name, value, most }: { name: string; value: number; most?: number }) {
  return (
    <li>
      <span class={most === undefined ? 'name wide' : 'name'}>{name}</span>
      {most !== undefined && <Bar value={value} most={most} />}
      <span class={`number ${value < 0 ? 'against' : 'for'}`}>{signed(value)}</span>
    </li>
  );
}

function box({ left, top, width, height }: Share) {
  return { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` };
}

/** The picture, and the contribution of a channel over its faded copy. */
function draw(canvas: HTMLCanvasElement, bitmap: ImageBitmap, on: Grid | undefined, parts: ChannelParts, over: number | undefined): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.globalAlpha = over === undefined || on === undefined ? 1 : 0.45;
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  if (over === undefined || on === undefined) return;
  context.globalAlpha = 0.9;
  const map = contributionOf(parts, over);
  const small = new OffscreenCanvas(map.width, map.height);
  small.getContext('2d')?.putImageData(painted(map, largest([map]), 'signed'), 0, 0);
  const { left, top, width, height } = rectangleOf(on);
  context.imageSmoothingEnabled = false;
  context.drawImage(small, left * canvas.width, top * canvas.height, width * canvas.width, height * canvas.height);
}
