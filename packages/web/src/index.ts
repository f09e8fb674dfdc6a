export { MAX_IMAGE_BYTES, MAX_IMAGE_PIXELS, MAX_MODEL_BYTES } from './limits.js';
