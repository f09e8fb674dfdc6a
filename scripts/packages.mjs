// Checks every package as npm would publish it: exports that resolve, types that match, files that are there.
import { readdirSync } from 'node:fs';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

let failed = false;
for (const name of readdirSync('packages')) {
  const pkgDir = `packages/${name}`;
  const { messages, pkg } = await publint({ pkgDir, strict: true });
  for (const message of messages) {
    // The page's files are for browsers, which tell modules by how they are loaded.
    if (message.code === 'FILE_INVALID_EXPLICIT_FORMAT' && message.args.actualFilePath?.startsWith('/studio/')) continue;
    failed = true;
    console.error(`${pkgDir}: ${formatMessage(message, pkg)}`);
  }
}
if (failed) process.exit(1);
console.log('packages: exports, types and files are sound');
