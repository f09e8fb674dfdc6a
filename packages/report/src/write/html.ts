import { createHash } from 'node:crypto';
import type { PageData } from '../data.js';

/** What the page is made of beside its data. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

/** The page as one file. Nothing but its own script and style can run in it, and it asks nothing of any network. */
export function pageHtml(data: PageData, { script, style }: PageParts): string {
  // Pictures beside the page may be shown; a page on a disk has no origin.
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    "img-src 'self' file: data:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(data.title)} · Grad-CAM report</title>
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>This report draws itself with a script of its own: turn JavaScript on to read it. The table beside it, results.jsonl, holds the same numbers.</noscript>
<script type="application/json" id="data">${jsonIn(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that no text within can end: labels and paths are anybody's. */
function jsonIn(data: PageData): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c').replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

function hashOf(content: string): string {
  return `sha256-${createHash('sha256').update(content).digest('base64')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
