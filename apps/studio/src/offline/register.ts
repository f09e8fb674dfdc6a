let asked = false;

/**
 * Keeps this version for visits without a network; see `service-worker.ts`. Call it when nothing is waited for any more: it
 * fetches every file of the page. Where the browser has no service workers, or refuses, the page works online alone.
 */
export function keepForOffline(): void {
  if (asked || !import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  asked = true;
  navigator.serviceWorker.register(new URL('service-worker.js', document.baseURI)).catch((error: unknown) => {
    console.info('Not kept for visits without a network:', error);
  });
}
