/** What messages say of the command, as it is on this page. */
const here: readonly (readonly [RegExp, string])[] = [
  [/;? ?\(?gradcam layers lists (?:them all|them|those that can)\)?/, '; the strip of layers below shows those that can'],
  [/ \(gradcam methods lists them\)/, ''],
];

/** A message as a sentence of the page: messages begin in lower case where they follow the name of a command. */
export function sentence(message: string): string {
  const own = here.reduce((words, [pattern, instead]) => words.replace(pattern, instead), message);
  const text = own.charAt(0).toUpperCase() + own.slice(1);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
