import { Problem } from '../errors.js';
import { MAX_FORM_PARTS, MAX_PART_HEAD } from '../limits.js';
import { checked } from './check.js';
import { Question } from './schemas.js';

/** What a form asks. */
export interface Form {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly model: string | undefined;
  readonly question: Question;
}

/** Fields that may be there several times. */
const LISTS: ReadonlySet<string> = new Set(['classes', 'include']);

/** Fields of numbers. */
const NUMBERS: ReadonlySet<string> = new Set(['top', 'predictions', 'alpha']);

/** Reads `multipart/form-data`: the file is the part `image`, the others are named as in JSON. @throws Problem 400, 413 */
export async function parseForm(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<Form> {
  const form = await partsOf(body, contentType);
  const fields: Record<string, unknown> = {};
  let image: File | undefined;
  for (const [name, value] of form) {
    if (name === 'image' && typeof value !== 'string') {
      if (image !== undefined)
        throw new Problem(400, 'invalid-request', "expected one part 'image', but there are several; send several requests");
      image = value;
    } else if (typeof value !== 'string') {
      throw new Problem(
        400,
        'invalid-request',
        `the part '${name.slice(0, 100)}' is a file; expected the picture as the part 'image', and other parts as text`,
      );
    } else if (LISTS.has(name)) {
      fields[name] = [...((fields[name] as string[] | undefined) ?? []), value];
    } else if (Object.hasOwn(fields, name)) {
      throw new Problem(400, 'invalid-request', `the part '${name.slice(0, 100)}' is there more than once`);
    } else {
      fields[name] = NUMBERS.has(name) && value.trim() !== '' ? Number(value) : value;
    }
  }
  const { model, ...rest } = fields;
  const question = checked(Question, rest);
  if (image === undefined)
    throw new Problem(400, 'invalid-request', "expected the picture as a file in the part 'image'; with curl: -F image=@photo.jpg");
  return { bytes: new Uint8Array(await image.arrayBuffer()), model: typeof model === 'string' ? model : undefined, question };
}

async function partsOf(body: Uint8Array<ArrayBuffer>, contentType: string): Promise<FormData> {
  const [, quoted, plain] = /boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary === undefined) throw new Problem(400, 'invalid-request', 'expected multipart/form-data to name its boundary');
  const text = Buffer.from(body.buffer, body.byteOffset, body.length);
  const mark = `--${boundary}`;
  let parts = 0;
  for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + mark.length)) {
    const head = text.subarray(at, at + mark.length + MAX_PART_HEAD);
    const isLast = head.toString('latin1', mark.length, mark.length + 2) === '--';
    // Reading a form takes time for each of its parts, and for each line before them.
    if (++parts > MAX_FORM_PARTS || (!isLast && head.length === mark.length + MAX_PART_HEAD && !head.includes('\r\n\r\n')))
      throw new Problem(
        413,
        'limit',
        `expected a form of at most ${MAX_FORM_PARTS} parts, each with a head of at most ${MAX_PART_HEAD} bytes`,
      );
  }
  try {
    return await new Response(body, { headers: { 'Content-Type': contentType } }).formData();
  } catch {
    throw new Problem(400, 'invalid-request', 'the form is damaged: its parts do not begin and end as multipart/form-data has them');
  }
}
