import { Problem } from '../errors.js';

/** What an answer can be, by the media types that ask for it, the usual one first. */
export const ANSWERS = {
  json: ['application/json'],
  png: ['image/png'],
  jpeg: ['image/jpeg'],
  webp: ['image/webp'],
  npy: ['application/x-npy', 'application/octet-stream'],
} as const;

/** The form of an answer. */
export type AnswerForm = keyof typeof ANSWERS;

const FORMS = Object.keys(ANSWERS) as AnswerForm[];

/** Longer lists of types are no browser's. */
const MAX_TYPES = 50;

/** The form that a request wants most (RFC 9110, 12.5.1); JSON where it does not say. @throws Problem 406 where there is none that it takes */
export function formFor(accept: string | undefined): AnswerForm {
  if (accept === undefined || accept.trim() === '') return 'json';
  let best: { readonly form: AnswerForm; readonly quality: number } | undefined;
  for (const part of accept.split(',').slice(0, MAX_TYPES)) {
    const [type = '', ...parameters] = part.split(';').map((word) => word.trim().toLowerCase());
    const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
    const form = FORMS.find((one) =>
      ANSWERS[one].some((known) => type === '*/*' || type === known || type === `${known.split('/', 1)[0]}/*`),
    );
    if (form !== undefined && quality > (best?.quality ?? 0)) best = { form, quality };
  }
  if (best !== undefined) return best.form;
  const known = FORMS.flatMap((form) => ANSWERS[form]).join(', ');
  throw new Problem(406, 'not-acceptable', `expected Accept to name one of ${known}`);
}

/** The media type of a content, in lower case and without its parameters. */
export function mediaType(contentType: string | null): string {
  return (contentType ?? '').split(';', 1).join('').trim().toLowerCase();
}
