// One operator test: the gradient that the package appends, against directional derivatives.
import { GraphBuilder, gradient, inline, OnnxGradError, readModel } from '../../packages/onnx-grad/dist/index.js';
import { differentiate } from './differences.mjs';
import { lifted, stampedDown } from './lift.mjs';
import { random } from './random.mjs';
import { learnFacts, open, run, using } from './sessions.mjs';
import { count, isFloat, rounded, rounding } from './tensors.mjs';

/** Directions tried for each input: all elements at once, and the last one a single element. */
const DIRECTIONS = 4;

/**
 * How far the elements of the inputs are moved, one try after another, away from a kink (in which the test's own numbers may lie); `all`: those
 * too to which no gradient flows, and which may be shapes.
 */
const MOVES = [0, 0.01, 0.03, 0.1, 0.3, 1].flatMap((size) => (size === 0 ? [{ size }] : [{ size, all: true }, { size }]));

/**
 * What an analytic directional derivative Σ gᵢ vᵢ may be off by, as a part of Σ |gᵢ vᵢ|: some hundred roundings of the type in which the
 * model computes.
 */
const TOLERANCE = { float64: 1e-9, float32: 5e-5, float16: 2e-2 };

/** A difference is believed if its own estimated error is below this part of the sizes compared. */
const BELIEVED = 1e-2;

/**
 * @returns { outcome, reason }, outcome one of right, refused, wrong, none (nothing to differentiate), undecided (no difference could be believed),
 * random (two runs differ), unrunnable (ONNX Runtime cannot)
 */
export async function judge(name, bytes, data) {
  const inputs = new Map([...data].filter(([key]) => key.startsWith('in.')).map(([key, tensor]) => [key.slice(3), tensor]));
  let answers;
  try {
    answers = await answerTwice(bytes, inputs);
  } catch (error) {
    const stamped = stampedDown(bytes);
    if (stamped.equals(Buffer.from(bytes))) return { outcome: 'unrunnable', reason: oneLine(error) };
    const { outcome, reason } = await judge(name, stamped, data);
    return { outcome, reason: `stamped down to operator set 26: ${reason}` };
  }
  const sources = [...inputs].filter(([, tensor]) => isFloat(tensor)).map(([input]) => input);
  const [answer, again] = answers;
  const targets = [...answer].filter(([, tensor]) => isFloat(tensor)).map(([output]) => output);
  if (sources.length === 0) return { outcome: 'none', reason: 'no floating-point input' };
  if (targets.length === 0) return { outcome: 'none', reason: 'no floating-point output' };
  if (targets.some((output) => !same(answer.get(output).data, again.get(output).data)))
    return { outcome: 'random', reason: 'two runs give two answers' };
  const weights = new Map(targets.map((output) => [output, weightsFor(name, output, answer.get(output))]));
  let made;
  try {
    made = await differentiated(bytes, inputs, sources, weights);
  } catch (error) {
    if (error instanceof OnnxGradError) return { outcome: 'refused', reason: `${error.code}: ${error.message}` };
    return { outcome: 'wrong', reason: `the gradient was not written: ${error.stack}` };
  }
  return compare({ name, bytes, inputs, weights, answer, ...made });
}

/** Two runs of the model as it is: random numbers give two answers. */
const answerTwice = (bytes, inputs) => using(bytes, async (session) => [await run(session, inputs), await run(session, inputs)]);

/** Appends the gradient with respect to each source that has one; each alone first, so that one refusal does not hide the others. */
async function differentiated(bytes, inputs, sources, weights) {
  const graph = inline(readModel(bytes));
  const facts = await learnFacts(graph, inputs);
  const write = (wrt) => {
    const b = new GraphBuilder(graph, facts);
    const seeds = new Map([...weights].map(([output, { type, dims, data }]) => [output, b.constant(type, dims, data)]));
    const found = gradient(b, seeds, wrt);
    const names = new Map(wrt.map((source) => [source, b.output(`gradient of ${source}`, found.get(source))]));
    return { edited: b.append(), names };
  };
  const [wanted, stopped, refused] = [[], [], new Map()];
  for (const source of sources) {
    try {
      write([source]);
      wanted.push(source);
    } catch (error) {
      if (!(error instanceof OnnxGradError)) throw error;
      if (error.code === 'no-gradient') stopped.push(source);
      else refused.set(source, `${error.code}: ${error.message}`);
    }
  }
  return { wanted, stopped, refused, ...(wanted.length > 0 ? write(wanted) : { edited: bytes, names: new Map() }) };
}

async function compare({ name, bytes, inputs, weights, answer, wanted, stopped, refused, edited, names }) {
  let own;
  try {
    own = await open(edited);
  } catch (error) {
    return { outcome: 'wrong', reason: `ONNX Runtime does not open the gradient: ${oneLine(error)}` };
  }
  const wide = await openWide(bytes, inputs, weights, answer);
  try {
    const next = random(name);
    const score = scorer(wide, weights);
    let open = [...wanted, ...stopped].flatMap((source) =>
      directions(inputs.get(source), next).map((v) => ({ source, v, zero: stopped.includes(source) })),
    );
    let moved = 0;
    for (const { size, all } of MOVES) {
      if (open.length === 0) break;
      const point = moveFrom(inputs, all ? [...wanted, ...stopped] : wanted, size, next);
      let made;
      try {
        made = await run(own, point);
      } catch (error) {
        if (size === 0) return { outcome: 'wrong', reason: `ONNX Runtime does not run the gradient: ${oneLine(error)}` };
        continue;
      }
      for (const source of wanted) {
        const [found, { type, dims }] = [made.get(names.get(source)), point.get(source)];
        if (found.type !== type || found.dims.join() !== dims.join())
          return { outcome: 'wrong', reason: `the gradient of '${source}' is ${found.type} [${found.dims}], not ${type} [${dims}]` };
      }
      const left = [];
      for (const one of open) {
        const verdict = await judgeDirection(one, point, made.get(names.get(one.source)), score);
        if (verdict.wrong !== undefined)
          return { outcome: 'wrong', reason: `'${one.source}': ${verdict.wrong}${size > 0 ? `, moved by ${size}` : ''}` };
        if (!verdict.right) left.push({ ...one, why: verdict.why });
        else if (size > 0) moved = Math.max(moved, size);
      }
      open = left;
    }
    const notes = `${wide.type}${moved > 0 ? `, moved by ${moved}` : ''}`;
    if (open.length > 0) return { outcome: 'undecided', reason: `'${open[0].source}': ${open[0].why} (${notes})` };
    if (refused.size > 0) return { outcome: 'refused', reason: [...refused].map(([source, why]) => `'${source}': ${why}`).join('; ') };
    if (wanted.length === 0) return { outcome: 'none', reason: `differences are zero, too (${notes})` };
    return { outcome: 'right', reason: `${notes}${stopped.length > 0 ? `; zero for ${stopped.join(', ')}` : ''}` };
  } finally {
    await own.release();
    await wide.session.release();
  }
}

/** One direction: right, wrong with a reason, or neither, since the difference cannot be believed at this point. */
async function judgeDirection({ source, v, zero }, point, gradient, score) {
  const x = point.get(source);
  // What is infinite or no number stays as it is.
  const direction = v.map((value, index) => (Number.isFinite(x.data[index]) ? value : 0));
  const along = (t) =>
    score(
      new Map([
        ...point,
        [source, { ...x, data: x.data.map((value, index) => (direction[index] === 0 ? value : value + t * direction[index])) }],
      ]),
    );
  const at = await along(0);
  if (!Number.isFinite(at.value)) return { why: 'the output is not finite' };
  const found = await differentiate(async (t) => (await along(t)).value, at.type, 4 * rounding(at.type) * at.norm);
  // An input of which no gradient is claimed, and whose every change gives the outputs other shapes, is a shape itself.
  if (found === undefined) return zero ? { right: true } : { why: 'no difference is finite' };
  let [analytic, size] = [0, 0];
  if (!zero)
    for (const [index, value] of direction.entries()) {
      if (value === 0) continue;
      analytic += gradient.data[index] * value;
      size += Math.abs(gradient.data[index] * value);
    }
  const floor = 1e-6 * (1 + at.norm);
  const typical = zero ? at.norm : (norm(gradient.data) * norm(direction)) / Math.sqrt(direction.length);
  const scale = Math.max(...[size, typical].filter(Number.isFinite), Math.abs(found.slope), floor);
  const off = Math.abs(analytic - found.slope);
  const allowed = TOLERANCE[x.type] * Math.max(size, zero ? 0 : Math.abs(found.slope)) + 2 * found.error + floor;
  if (Number.isFinite(off) && off <= allowed && found.error <= BELIEVED * scale) return { right: true };
  const words = `${zero ? 'no gradient flows to it' : `its gradient says ${analytic.toPrecision(7)}`}, but the differences say ${found.slope.toPrecision(7)} ± ${found.error.toExponential(1)}`;
  if (found.error > BELIEVED * scale) return { why: `${words}: not sure enough` };
  if (found.kink && found.bend > BELIEVED * scale * 0.1) return { why: `${words}: a kink` };
  return { wrong: words };
}

/** The model in the widest numbers in which ONNX Runtime runs it, and gives what it gives in its own: not every kernel does. */
async function openWide(bytes, inputs, weights, answer) {
  for (const { bytes: wider, typeOf } of lifted(bytes)) {
    let session;
    try {
      session = await open(wider);
      const made = await run(session, lift(inputs, typeOf), [...weights.keys()]);
      for (const [output, { type, data }] of weights)
        if (distance(made.get(output).data, answer.get(output).data, data) > 100 * rounding(type)) throw new Error('another function');
      const coarsest = [...made.values()].map(({ type }) => type).filter((type) => rounding(type) !== undefined);
      const type = ['float16', 'float32', 'float64'].find(
        (one) => coarsest.includes(one) || [...lift(inputs, typeOf).values()].some((tensor) => tensor.type === one),
      );
      return { session, typeOf, type };
    } catch {
      await session?.release();
    }
  }
  throw new Error('the model ran before, and now it does not');
}

/** The largest difference where it is weighed, as a part of the largest number there. */
function distance(one, other, weights) {
  let [apart, largest] = [0, 1e-3];
  for (const [index, weight] of weights.entries()) {
    if (weight === 0) continue;
    const difference = Math.abs(one[index] - other[index]);
    apart = Math.max(apart, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
    largest = Math.max(largest, Math.abs(other[index]));
  }
  return apart / largest;
}

const lift = (inputs, typeOf) => new Map([...inputs].map(([name, tensor]) => [name, { ...tensor, type: typeOf(tensor.type) }]));

/** Σ weights · outputs at given inputs; NaN where the model fails or its outputs have other shapes. */
function scorer({ session, typeOf, type }, weights) {
  const targets = [...weights.keys()];
  return async (inputs) => {
    let made;
    try {
      made = await run(session, lift(inputs, typeOf), targets);
    } catch {
      return { value: Number.NaN, norm: 0, type };
    }
    let [value, squares] = [0, 0];
    for (const [output, { dims, data }] of weights) {
      const y = made.get(output);
      if (y.dims.join() !== dims.join()) return { value: Number.NaN, norm: 0, type };
      for (const [index, weight] of data.entries()) {
        if (weight === 0) continue;
        value += weight * y.data[index];
        squares += (weight * y.data[index]) ** 2;
      }
    }
    return { value, norm: Math.sqrt(squares), type };
  };
}

const norm = (values) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));

/** Larger outputs stand for infinity: the lowest number of a type as a mask. */
const INFINITE = 1e30;

/** The random projection: multiples of 1/64, exact in every type; 0 where the output is infinite or no number. */
function weightsFor(name, output, { type, dims, data }) {
  const next = random(`${name} ${output}`);
  return { type, dims, data: data.map((value) => (Math.abs(value) < INFINITE ? sixtyFourth(next) : 0)) };
}

function directions({ dims }, next) {
  const size = count(dims);
  return Array.from({ length: DIRECTIONS }, (_, index) => {
    const v = Array.from({ length: size }, () => sixtyFourth(next));
    const only = Math.floor(next() * size);
    return index < DIRECTIONS - 1 ? v : v.map((value, element) => (element === only ? value : 0));
  });
}

const sixtyFourth = (next) => {
  const value = (Math.floor(next() * 128) - 64) / 64;
  return value === 0 ? 1 : value;
};

/** The inputs with those that are differentiated moved a little. */
function moveFrom(inputs, sources, size, next) {
  if (size === 0) return inputs;
  return new Map(
    [...inputs].map(([name, tensor]) => [
      name,
      sources.includes(name)
        ? { ...tensor, data: tensor.data.map((value) => rounded(tensor.type, value + size * (2 * next() - 1))) }
        : tensor,
    ]),
  );
}

const same = (one, other) => one.every((value, index) => Object.is(value, other[index]));

const oneLine = (error) => String(error.message).replaceAll(/\s+/g, ' ').slice(0, 300);
