import { useState } from 'preact/hooks';
import type { Evidence } from '../engine/protocol.js';
import { pointed } from '../state/store.js';
import type { Painted } from './paint.js';

/** How far an arrow key moves the point, as a share of the picture; with Shift further. */
const STEP = 0.02;
const LEAP = 0.1;

const directions: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Reads the heatmap at a point, by pointer or by arrow keys. It carries the picture's description, as it lies over it. */
export function Probe({
  painted,
  alt,
  evidence,
}: {
  readonly painted: Painted;
  readonly alt: string;
  readonly evidence: Evidence | undefined;
}) {
  const [keyed, setKeyed] = useState(false);
  const point = pointed.value;
  const value = point && evidence && read(painted, point);
  const words = value === undefined ? 'not seen by the network' : `${value.toFixed(2)} of the highest`;
  const move = (x: number, y: number) => {
    pointed.value = { x: Math.min(1, Math.max(0, x)), y: Math.min(1, Math.max(0, y)) };
  };
  return (
    <>
      <button
        type="button"
        class="probe"
        aria-label={`${alt}. Arrow keys read its value at a point.`}
        onPointerMove={({ currentTarget, clientX, clientY }) => {
          const { left, top, width, height } = currentTarget.getBoundingClientRect();
          setKeyed(false);
          move((clientX - left) / width, (clientY - top) / height);
        }}
        onPointerLeave={() => {
          pointed.value = undefined;
        }}
        onBlur={() => {
          pointed.value = undefined;
        }}
        onKeyDown={(event) => {
          const direction = directions[event.key];
          if (direction === undefined) return;
          event.preventDefault();
          const from = pointed.peek() ?? { x: 0.5, y: 0.5 };
          const step = event.shiftKey ? LEAP : STEP;
          setKeyed(true);
          move(from.x + step * direction[0], from.y + step * direction[1]);
        }}
      />
      {point && (
        <>
          <span class="probe-point" style={{ left: `${100 * point.x}%`, top: `${100 * point.y}%` }} data-keyed={keyed} />
          <span class="probe-value" data-left={point.x > 0.6} style={{ left: `${100 * point.x}%`, top: `${100 * point.y}%` }}>
            {words}
          </span>
        </>
      )}
      <span class="unseen" aria-live="polite">
        {keyed && point ? words : ''}
      </span>
    </>
  );
}

/** The value at a point; undefined where the network saw nothing. */
function read({ heatmap, seen }: Painted, { x, y }: { readonly x: number; readonly y: number }): number | undefined {
  const column = Math.min(heatmap.width - 1, Math.floor(x * heatmap.width));
  const row = Math.min(heatmap.height - 1, Math.floor(y * heatmap.height));
  const inside = column >= seen.left && column < seen.left + seen.width && row >= seen.top && row < seen.top + seen.height;
  return inside ? heatmap.data[row * heatmap.width + column] : undefined;
}
