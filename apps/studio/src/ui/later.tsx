import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { answer } from '../state/store.js';

/** What lies below the first screen: it is fetched once the first heatmap is there. */
export function Later({ load }: { readonly load: () => Promise<ComponentType> }) {
  const [Loaded, setLoaded] = useState<ComponentType>();
  const ready = answer.value !== undefined;
  useEffect(() => {
    if (ready && Loaded === undefined) void load().then((component) => setLoaded(() => component));
  }, [ready, Loaded, load]);
  return Loaded === undefined ? <div class="later" /> : <Loaded />;
}
