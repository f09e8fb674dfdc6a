/** Letters that no system refuses in the name of a file. */
export function fileName(...parts: readonly string[]): string {
  const clean = parts.map((part) =>
    part
      .replace(/\.[a-z0-9]{1,5}$/i, '')
      .normalize('NFKD')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60),
  );
  return clean.filter((part) => part !== '').join('.') || 'gradcam';
}
