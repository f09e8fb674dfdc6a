import { Help } from 'commander';

/** A name and what there is to say of it; each line is wrapped on its own. */
export interface Item {
  readonly term: string;
  readonly lines: readonly string[];
}

export interface Section {
  /** Above the items; none where it is ''. */
  readonly title: string;
  readonly items: readonly Item[];
}

/** Where nobody says how wide the terminal is. */
const DEFAULT_COLUMNS = 100;
const MIN_COLUMNS = 40;

/** Sections of names with their descriptions beside them, laid out as Commander does its options. @param columns of the terminal */
export function listing(sections: readonly Section[], columns = DEFAULT_COLUMNS): string {
  const help = new Help();
  help.helpWidth = Math.max(columns, MIN_COLUMNS);
  const width = Math.max(0, ...sections.flatMap(({ items }) => items.map(({ term }) => term.length)));
  return sections
    .filter(({ items }) => items.length > 0)
    .map(({ title, items }) => {
      const lines = items.map(({ term, lines: texts }) => help.formatItem(term, width, texts.join('\n'), help));
      return `${[...(title === '' ? [] : [title]), ...lines].join('\n')}\n`;
    })
    .join('\n');
}
