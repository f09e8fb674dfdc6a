/** Longest side of a network's input that a description may ask for: 4096² · 3 floats are 200 MB, and no published classifier is near. */
export const MAX_INPUT_SIDE = 4096;

/** Smallest share that a centre crop may keep; published recipes keep 0.8 to 1. A smaller one would blow a picture up without end. */
export const MIN_CROP = 0.05;
