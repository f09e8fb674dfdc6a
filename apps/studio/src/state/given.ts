/** A file that `gradcam studio` was given, and serves beside the page. */
export interface Given {
  readonly name: string;
  readonly url: string;
}

/** The file that the address names as `?model=given/…` or `?picture=given/…`. */
export function given(what: 'model' | 'picture', address: string = document.URL): Given | undefined {
  const { searchParams } = new URL(address);
  const [, name] = /^given\/[a-z]+\/([^/]+)$/.exec(searchParams.get(what) ?? '') ?? [];
  if (name === undefined) return undefined;
  return { name: decodeURIComponent(name), url: new URL(`given/${what}/${name}`, address).href };
}
