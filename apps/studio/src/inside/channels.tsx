import { type ChannelParts, channelOf, contributionOf } from '@gradcam/core';
import { MapCanvas } from './map-canvas.js';
import { channel, LISTED, listed, lit, names, order, ordered, position, shares, summed } from './state.js';
import { largest, type Order, percent, signed } from './take-apart.js';
import './channels.css';

const ORDERS: readonly (readonly [Order, string])[] = [
  ['weight', 'largest weight'],
  ['contribution', 'largest contribution'],
  ['here', 'loudest at the marked position'],
];

/** The channels in their order, each with its feature map, gradient, weight and contribution. */
export function Channels({ parts }: { parts: ChannelParts }) {
  const shown = ordered.value.slice(0, listed.value);
  // One scale for all that is listed: sizes can be compared down a column.
  const mostGradient = largest(shown.map((k) => channelOf(parts.gradients, k)));
  const mostContribution = largest(shown.map((k) => contributionOf(parts, k)));
  const mostWeight = parts.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const column = (step: number) => (lit.value === step ? 'lit' : '');
  const total = parts.weights.length;
  return (
    <div class="channels">
      <p class="channels-order">
        <label for="inside-order">Channels by</label>
        <select
          id="inside-order"
          class="field"
          value={order.value}
          onChange={({ currentTarget }) => {
            order.value = currentTarget.value as Order;
          }}
        >
          {ORDERS.map(([by, text]) => (
            <option key={by} value={by} disabled={by === 'here' && position.value === undefined && order.value !== 'here'}>
              {text}
            </option>
          ))}
        </select>
      </p>
      <table>
        <caption class="unseen">
          {`The ${shown.length} channels with the ${ORDERS.find(([by]) => by === order.value)?.[1]}, of ${total}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">
              <span class="unseen">Channel </span>
              <var>k</var>
            </th>
            <th scope="col" class={column(1)}>
              <var>A</var>
              <sub>k</sub> <small>feature map</small>
            </th>
            <th scope="col" class={column(2)}>
              ∂<var>y</var>/∂<var>A</var>
              <sub>k</sub> <small>gradient</small>
            </th>
            <th scope="col" class={column(3)}>
              <var>α</var>
              <sub>k</sub> <small>weight</small>
            </th>
            <th scope="col" class={column(4)}>
              <var>α</var>
              <sub>k</sub>
              <var>A</var>
              <sub>k</sub> <small>contribution</small>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((k) => (
            <Row key={k} parts={parts} k={k} mostGradient={mostGradient} mostContribution={mostContribution} mostWeight={mostWeight} />
          ))}
        </tbody>
      </table>
      <p class="channels-more">
        {shown.length < total && (
          <button
            type="button"
            class="button"
            onClick={() => {
              listed.value = Math.min(total, 2 * listed.value);
            }}
          >
            Show {Math.min(total - shown.length, shown.length)} more of {total}
          </button>
        )}
        {shown.length > LISTED && (
          <button
            type="button"
            class="button"
            onClick={() => {
              listed.value = LISTED;
            }}
          >
            Show {LISTED} only
          </button>
        )}
      </p>
      <p class="legend">
        <span>
          <span class="swatch activation" aria-hidden="true" /> lights up, by its own maximum
        </span>
        {shown.some((k) => channelOf(parts.activations, k).data.some((value) => value < 0)) && (
          <span>
            <span class="swatch negative" aria-hidden="true" /> below zero
          </span>
        )}
        <span>
          <span class="swatch for" aria-hidden="true" /> + speaks for
        </span>
        <span>
          <span class="swatch against" aria-hidden="true" /> − speaks against, one scale down each column
        </span>
      </p>
    </div>
  );
}

interface RowProps {
  readonly parts: ChannelParts;
  readonly k: number;
  readonly mostGradient: number;
  readonly mostContribution: number;
  readonly mostWeight: number;
}

function Row({ parts, k, mostGradient, mostContribution, mostWeight }: RowProps) {
  const feature = channelOf(parts.activations, k);
  const weight = parts.weights[k] ?? 0;
  const at = position.value;
  const here = at === undefined ? undefined : weight * (feature.data[at] ?? 0);
  const share = shares.value[k] ?? 0;
  const pressed = channel.value === k;
  const left = summed.value !== undefined && !ordered.value.slice(0, summed.value).includes(k);
  const toggle = () => {
    channel.value = pressed ? undefined : k;
  };
  return (
    <tr class={`${pressed ? 'pressed' : ''} ${left ? 'left-out' : ''}`}>
      <th scope="row">
        <button type="button" class="channel-number" aria-pressed={pressed} title="Show its contribution on the picture" onClick={toggle}>
          <span class="unseen">Channel </span>
          {k}
          <span class="unseen">: show its contribution on the picture</span>
        </button>
      </th>
      <td>
        <MapCanvas map={feature} most={largest([feature])} ink="activation" />
      </td>
      <td>
        <MapCanvas map={channelOf(parts.gradients, k)} most={mostGradient} ink="signed" />
      </td>
      <td class="weight">
        <Bar value={weight} most={mostWeight} />
        <span class={`number ${weight < 0 ? 'against' : 'for'}`}>{signed(weight)}</span>
      </td>
      <td class="contribution">
        <MapCanvas map={contributionOf(parts, k)} most={mostContribution} ink="signed" />
        <span class="said">
          <span>{percent(share)}</span>
          {here !== undefined && (
            <span class={`number ${here < 0 ? 'against' : 'for'}`}>
              <span class="here">here</span> {signed(here)}
            </span>
          )}
        </span>
      </td>
    </tr>
  );
}

/** A number as a bar from the middle: to the right it speaks for, to the left against. */
export function Bar({ value, most }: { value: number; most: number }) {
  const length = most > 0 ? (50 * Math.abs(value)) / most : 0;
  return (
    <span class="bar" aria-hidden="true">
      <span class={value < 0 ? 'against' : 'for'} style={{ width: `${length}%`, [value < 0 ? 'right' : 'left']: '50%' }} />
    </span>
  );
}

/** Of one class: how few channels make most of its map. */
export function Fewest({ fewest, total }: { fewest: number; total: number }) {
  return fewest === 0 ? (
    <p class="fewest">No channel says anything of “{names.value.class}” here: all contributions are zero.</p>
  ) : (
    <p class="fewest">
      <strong>{`${fewest} of ${total}`}</strong> channels make <strong>80 %</strong> of all contributions.
    </p>
  );
}
