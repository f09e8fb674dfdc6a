import * as core from '@gradcam/core';
import * as web from '@gradcam/web';

declare global {
  var gradcam: { readonly core: typeof core; readonly web: typeof web };
}

globalThis.gradcam = { core, web };
