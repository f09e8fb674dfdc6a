/** Headers for the addresses that a pattern names. */
export interface HeaderRule {
  /** A path; with `*` at its end, everything that begins so. */
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** Reads `_headers`, which static hosts share: a line for a path, then lines `Name: value` that are indented. */
export function readHeaders(text: string): HeaderRule[] {
  const rules: { path: string; headers: [string, string][] }[] = [];
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (/^\S/.test(line)) rules.push({ path: line.trim(), headers: [] });
    else if (colon > 0) rules.at(-1)?.headers.push([line.slice(0, colon).trim(), line.slice(colon + 1).trim()]);
  }
  return rules;
}

/** The headers of an answer, later rules last. */
export function headersFor(path: string, rules: readonly HeaderRule[]): (readonly [name: string, value: string])[] {
  return rules.filter((rule) => matches(rule.path, path)).flatMap(({ headers }) => headers);
}

function matches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
