import type { Page } from 'playwright-core';

/** A file as a page gets it. */
export interface PageFile {
  readonly name: string;
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Drops a file on the page, as from a folder. */
export async function dropFile(page: Page, file: PageFile): Promise<void> {
  await give(page, 'drop', file);
}

/** Pastes a file, as a picture from the clipboard. */
export async function pasteFile(page: Page, file: PageFile): Promise<void> {
  await give(page, 'paste', file);
}

function give(page: Page, how: 'drop' | 'paste', { name, type, bytes }: PageFile): Promise<void> {
  return page.evaluate(
    async ({ how, name, type, base64 }) => {
      const binary = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([binary], name, { type }));
      const options = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(
        how === 'drop'
          ? new DragEvent('drop', { ...options, dataTransfer: data })
          : new ClipboardEvent('paste', { ...options, clipboardData: data }),
      );
    },
    { how, name, type, base64: Buffer.from(bytes).toString('base64') },
  );
}
