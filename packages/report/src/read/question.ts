import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { QUESTION } from '@gradcam/jobs';

/** What a run was asked, as far as a reader wants to know. */
export interface Question {
  readonly model?: string;
  readonly method?: string;
  readonly layer?: string;
}

/** A question with labels of 22,000 classes has 1 MB. */
const MAX_BYTES = 2 ** 26;

/** Reads what was asked of a folder; what is not there, or damaged, is not said. */
export async function readQuestion(folder: string): Promise<Question> {
  const path = join(folder, QUESTION);
  try {
    if ((await stat(path)).size > MAX_BYTES) return {};
    const asked: unknown = JSON.parse(await readFile(path, 'utf8'));
    const model = text(field(field(asked, 'model'), 'name'));
    return { ...(model !== undefined && { model }) };
  } catch {
    return {};
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined;
}
