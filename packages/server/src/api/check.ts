import type { z } from 'zod';
import { Problem } from '../errors.js';
import { MAX_LIST } from '../limits.js';

/** Checks what was sent. @throws Problem 400, in words of this service */
export function checked<T extends z.ZodType>(schema: T, value: unknown): z.infer<T> {
  checkLists(value);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Problem(400, 'invalid-request', issue === undefined ? 'the request is not understood' : wordsOf(issue));
}

/** Looks at all lists of the body, and of the objects in them, before they are looked through: a schema finds a fault in each of a million items. */
function checkLists(value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [name, list] of Object.entries(value)) {
    if (!Array.isArray(list)) continue;
    if (list.length > MAX_LIST)
      throw new Problem(413, 'limit', `expected '${name.slice(0, 100)}' to have at most ${MAX_LIST} items, but it has ${list.length}`);
    for (const item of list) checkLists(item);
  }
}

function wordsOf(issue: z.core.$ZodIssue): string {
  const path = issue.path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );
  const name = path === '' ? 'the body' : `'${path.slice(0, 100)}'`;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${name} to be ${wordFor(issue.expected)}; the document at /openapi.json says what there is`;
    case 'too_small':
      return `expected ${name} to ${issue.origin === 'number' || issue.origin === 'int' ? 'be' : 'have'} at least ${issue.minimum}`;
    case 'too_big':
      return `expected ${name} to ${issue.origin === 'number' || issue.origin === 'int' ? 'be' : 'have'} at most ${issue.maximum}`;
    case 'invalid_value':
      return `expected ${name} to be one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `${name} has the unknown field '${issue.keys[0]?.slice(0, 100)}'; the document at /openapi.json lists those that there are`;
    default:
      return `${name} is none of the forms that it can have; the document at /openapi.json says which there are`;
  }
}

function wordFor(type: string): string {
  return `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`;
}
