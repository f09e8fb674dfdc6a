import { expect, test } from 'vitest';
import { standard } from '../testing/standard.js';
import { refusals } from './refusals.js';
import { stops } from './stops.js';
import { rules } from './table.js';

const isStandard = (name: string) => !name.includes('.');
const differentiated = rules.filter(({ domain }) => domain === '');

test.each([...standard])('%s has its place: a rule, among the stops, or refused with a reason', (name, version) => {
  const places = [
    ...(differentiated.some(({ operator }) => operator === name) ? ['rule'] : []),
    ...(stops.has(name) ? ['stop'] : []),
    ...(refusals.has(name) ? ['refusal'] : []),
  ];
  expect(places).toHaveLength(1);
  // The newest version of a differentiated operator is, too.
  const newest = differentiated.some(({ operator, since, until }) => operator === name && since <= version && version <= until);
  expect(newest || places[0] !== 'rule').toBe(true);
});

test('nothing else of the standard domain is listed', () => {
  const listed = [...differentiated.map(({ operator }) => operator), ...stops, ...refusals.keys()];
  // ONNX Runtime gives an operator of its own the standard domain.
  expect(listed.filter((name) => isStandard(name) && !standard.has(name))).toEqual(['SimplifiedLayerNormalization']);
});
