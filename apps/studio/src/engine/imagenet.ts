import { builtinLabels } from '@gradcam/core';

/** In a file of its own, so that the list travels only when it is needed. */
export const labels = builtinLabels;
