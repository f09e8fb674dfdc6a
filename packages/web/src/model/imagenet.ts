export { builtinLabels } from '@gradcam/core';
