/** Hands a file to the user. */
export function save(content: Blob | Uint8Array<ArrayBuffer>, name: string): void {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has begun by then; the bytes need not stay for the page's life.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
