import { PbfWriter } from 'pbf';
import { writeText } from '../bytes/tensor.js';

/** One field that holds an integer. */
export function number(fieldNumber: number, value: number): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeTag(fieldNumber, 0);
  pbf.writeVarint(value);
  return pbf.finish();
}

/** One field that holds a string. */
export function text(fieldNumber: number, value: string): Uint8Array {
  const pbf = new PbfWriter();
  writeText(pbf, fieldNumber, value);
  return pbf.finish();
}
