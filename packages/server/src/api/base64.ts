import { GradcamError } from '@gradcam/core';

/** The bytes of a picture in base64, which may stand behind `data:image/png;base64,`. @throws GradcamError `invalid-image` */
export function decodeBase64(text: string, name: string): Uint8Array<ArrayBuffer> {
  const comma = text.startsWith('data:') ? text.indexOf(',') : -1;
  const encoded = text.slice(comma + 1);
  // Node.js skips what is no base64; a picture with holes would be told to be damaged. One class of characters: nothing to try twice.
  if (!/^[\w+/=\s-]+$/.test(encoded)) {
    const address = /^[a-z]+:\/\//i.test(text) ? 'it is an address, and this service fetches nothing' : 'it has other characters';
    throw new GradcamError('invalid-image', `expected '${name}' to be a file in base64, but ${address}; send the file itself`);
  }
  // A copy, since small Buffers are windows on memory that others use.
  return new Uint8Array(Buffer.from(encoded, 'base64'));
}
