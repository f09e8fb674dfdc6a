import { Problem } from '../errors.js';
import { MAX_JSON_CONTAINERS } from '../limits.js';

const [OPEN_BRACKET, OPEN_BRACE] = [0x5b, 0x7b];

/** A body of JSON. @throws Problem 400, 413 */
export function parseJson(bytes: Uint8Array): unknown {
  let containers = 0;
  for (const byte of bytes) if (byte === OPEN_BRACKET || byte === OPEN_BRACE) containers++;
  if (containers > MAX_JSON_CONTAINERS)
    throw new Problem(413, 'limit', `expected at most ${MAX_JSON_CONTAINERS} lists and objects in the body, but it has ${containers}`);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Problem(400, 'invalid-request', 'the body is no JSON; expected {"image": "…base64…"}');
  }
}
