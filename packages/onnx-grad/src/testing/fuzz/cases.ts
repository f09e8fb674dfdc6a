import { readdir } from 'node:fs/promises';
import type { Case } from '../case.js';

/** The cases of all rules: whatever the files `*.cases.*` beside the rules export. */
export async function allCases(): Promise<Case[]> {
  const folder = new URL('../../rules/', import.meta.url);
  const files = (await readdir(folder)).filter((name) => /\.cases\.[jt]s$/.test(name)).sort();
  const modules: Record<string, unknown>[] = await Promise.all(files.map((name) => import(new URL(name, folder).href)));
  return modules.flatMap((module) => Object.values(module).filter(Array.isArray)).flat() as Case[];
}
