/** Characters of a label or layer that a file name takes at most. */
const MAX_PART = 60;

/** A label, method or layer as a part of a file name: letters, digits and a few signs that are safe everywhere. */
export function namePart(text: string): string {
  const part = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}\p{M}_]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return [...part].slice(0, MAX_PART).join('') || 'unnamed';
}
