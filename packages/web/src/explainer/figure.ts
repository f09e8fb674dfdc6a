export { explainedFigure } from '@gradcam/core';
export { renderFigure } from '../picture/figure.js';
