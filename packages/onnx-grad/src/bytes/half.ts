/** Numbers of 16 bits: IEEE 754 binary16 (float16) and bfloat16, as their bits. */

/** The number that float16 bits stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The bits of the float16 nearest to a number, ties to even; beyond 65504 those of infinity. */
export function toHalf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size >= 65_520) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | roundEven(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  // A fraction that rounds up to 1024 carries into the exponent, as the encoding is meant to.
  return sign | (((exponent + 15) << 10) + roundEven((size / 2 ** exponent - 1) * 1024));
}

function roundEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

const scratch = new DataView(new ArrayBuffer(4));

/** The number that bfloat16 bits stand for. */
export function fromBrain(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}

/** The bits of the bfloat16 nearest to a number, ties to even: the upper half of a float32. */
export function toBrain(value: number): number {
  if (Number.isNaN(value)) return 0x7fc0;
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const [upper, lower] = [bits >>> 16, bits & 0xffff];
  // Rounding to float32 came first: where it made a tie, the number itself says on which side it lies.
  const beyond = lower === 0x8000 ? Math.sign(Math.abs(value) - Math.abs(scratch.getFloat32(0))) : Math.sign(lower - 0x8000);
  return beyond > 0 || (beyond === 0 && upper % 2 === 1) ? upper + 1 : upper;
}
