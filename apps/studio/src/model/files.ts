/** Files that were dropped or picked together, by what they are. */
export interface Sorted {
  readonly model: File | undefined;
  /** Weights beside the model. */
  readonly external: readonly File[];
  readonly labels: File | undefined;
  /** Preprocessing in the schema, or Hugging Face's `preprocessor_config.json`. */
  readonly preprocess: File | undefined;
  readonly picture: File | undefined;
}

/** What a file is, judged by its name and the type that the system gives it. Files beside a model that are nothing else are its weights. */
export function sortFiles(files: readonly File[]): Sorted {
  const model = files.find(({ name }) => /\.onnx$/i.test(name));
  const picture = files.find(({ type, name }) => type.startsWith('image/') || /\.(?:jpe?g|png|webp|avif|gif|svg|bmp)$/i.test(name));
  const preprocess = files.find(({ name }) => /preprocess[^/]*\.json$/i.test(name));
  const labels = files.find(
    (file) =>
      file !== preprocess && (/\.(?:txt|labels|names)$/i.test(file.name) || /(?:labels|classes|config)[^/]*\.json$/i.test(file.name)),
  );
  const known = new Set([model, picture, preprocess, labels]);
  return { model, external: model === undefined ? [] : files.filter((file) => !known.has(file)), labels, preprocess, picture };
}
