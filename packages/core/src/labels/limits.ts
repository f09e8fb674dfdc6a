/** The largest published classifiers tell some 22,000 classes apart (ImageNet-21k); beyond this a file is no list of labels. */
export const MAX_LABELS = 100_000;

/** Characters of one label; the longest of ImageNet has 121. */
export const MAX_LABEL_LENGTH = 1000;

/** Characters of a whole list, far above what real ones need (ImageNet-1k with synonyms: 22 thousand). */
export const MAX_LABELS_LENGTH = 2 ** 23;
