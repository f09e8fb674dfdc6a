import { findMethod, type Method, methods, metrics, targets } from '@gradcam/core';
import { Option } from 'commander';
import { UsageError } from '../errors.js';
import type { Io } from '../io.js';
import { type Item, listing, type Section } from '../output/listing.js';
import type { AddCommand } from './add.js';

interface ListFlags {
  readonly metrics?: true;
  readonly targets?: true;
  readonly json?: true;
}

const EXAMPLES = `
Examples:
  $ gradcam methods
      all methods: what each shows, what it needs, what it costs, its paper
  $ gradcam methods scorecam
      all that is known of one
  $ gradcam methods --metrics
      what gradcam evaluate measures; --targets lists what --target takes
  $ gradcam methods --json
      one line of JSON for each method: {name, title, aliases, group, of, summary, needs, cost, exportable, source}`;

/** `gradcam methods` */
export const methodsCommand: AddCommand = (program, io) => {
  program
    .command('methods')
    .summary('list the methods of explanation, the metrics and the targets')
    .description('Lists the methods that gradcam explain --method takes: what each shows, needs and costs, and where it was published.')
    .argument('[name]', 'tell more of this method')
    .addOption(new Option('--metrics', 'list the metrics of gradcam evaluate instead'))
    .addOption(new Option('--targets', 'list the targets of --target instead').conflicts('metrics'))
    .option('--json', 'print one line of JSON for each')
    .addHelpText('after', EXAMPLES)
    .action((name: string | undefined, flags: ListFlags) => list(name, flags, io));
};

function list(name: string | undefined, flags: ListFlags, io: Io): void {
  if (name !== undefined && (flags.metrics || flags.targets))
    throw new UsageError(`'${name}' is taken for the name of a method; --metrics and --targets list all there are`);
  const entries = flags.metrics ? metricEntries() : flags.targets ? targetEntries() : methodEntries(name);
  if (flags.json) for (const { json } of entries) io.out(`${JSON.stringify(json)}\n`);
  else if (name !== undefined && entries.length === 1) io.out(listing([{ title: '', items: entries[0]?.details ?? [] }], io.columns));
  else io.out(listing(sectionsOf(entries), io.columns));
}

/** A line of a list: in short, at length, and for programs. */
interface Entry {
  readonly group: string;
  readonly item: Item;
  readonly details: readonly Item[];
  readonly json: object;
}

function sectionsOf(entries: readonly Entry[]): Section[] {
  const groups = [...new Set(entries.map(({ group }) => group))];
  return groups.map((title) => ({ title, items: entries.filter(({ group }) => group === title).map(({ item }) => item) }));
}

/** Methods of a group stand together, whatever stands between them in the list of all. */
const GROUPS = {
  pass: 'Layers, in one pass',
  decomposition: 'Layers, by a decomposition',
  runs: 'Layers, in many runs',
  input: 'Pixels',
  attention: 'Attention of transformers',
} as const;

function groupOf({ kind, of }: Method): string {
  if (of !== 'layer') return GROUPS[of];
  return kind === 'graph' ? GROUPS.pass : GROUPS[kind];
}

/** What a method reads of the network. */
function needsOf(method: Method): 'gradient' | 'activations' | 'attention' | 'runs' {
  if (method.kind === 'runs') return 'runs';
  if (method.gradient) return 'gradient';
  return method.of === 'attention' ? 'attention' : 'activations';
}

/** @throws GradcamError `unknown-method` */
function methodEntries(name: string | undefined): Entry[] {
  const wanted = name === undefined ? methods : [findMethod(name)];
  const order = Object.values<string>(GROUPS);
  return wanted.map(methodEntry).sort((one, other) => order.indexOf(one.group) - order.indexOf(other.group));
}

function methodEntry(method: Method): Entry {
  const { name, title, aliases, summary, source, of, cost, kind } = method;
  const [group, needs] = [groupOf(method), needsOf(method)];
  const affine = method.kind === 'runs' && method.affine !== undefined;
  const exportable = kind === 'graph' || affine;
  // A cost in runs says already that it needs them.
  const short = [...(needs === 'runs' ? [] : [needs]), cost.replace(/, no gradient$/, ''), source].join(' · ');
  return {
    group,
    item: { term: name, lines: [`${title}: ${summary}`, short] },
    details: [
      { term: 'name', lines: [name] },
      { term: 'title', lines: [title] },
      { term: 'also', lines: [aliases.join(', ') || 'no other spellings'] },
      { term: 'shows', lines: [summary] },
      { term: 'explains', lines: [EXPLAINS[of]] },
      { term: 'needs', lines: [NEEDS[needs]] },
      { term: 'costs', lines: [`${cost}, beside the prediction`] },
      { term: 'export', lines: [exportable ? `gradcam export --method ${name}${affine ? AFFINE : ''}` : NO_EXPORT] },
      { term: 'published', lines: [source] },
    ],
    json: { name, title, aliases, group, of, summary, needs, cost, exportable, source },
  };
}

const NO_EXPORT = 'cannot be exported: no graph answers it in one pass';
const AFFINE = ', where nothing stands behind the layer that is not affine';

const EXPLAINS: Readonly<Record<Method['of'], string>> = {
  layer: 'a layer: the map has its resolution and is resized to the picture',
  input: 'the pixels of the picture',
  attention: 'the attention of all blocks of a vision transformer',
};

const NEEDS: Readonly<Record<ReturnType<typeof needsOf>, string>> = {
  gradient: 'the gradient of the score: every operator on its way must have one',
  activations: 'activations alone, no gradient',
  attention: 'attention weights alone, no gradient',
  runs: 'runs of the network on changed pictures or feature maps',
};

function metricEntries(): Entry[] {
  return metrics.map(({ name, title, aliases, summary, source, better, needs, cost }) => ({
    group: needs === 'region' ? 'Against boxes or masks' : 'By the picture alone',
    item: { term: name, lines: [`${title}: ${summary}`, [`${better} is better`, cost, source].join(' · ')] },
    details: [],
    json: { name, title, aliases, summary, better, needs, cost, source },
  }));
}

function targetEntries(): Entry[] {
  return targets.map(({ name, summary }) => ({ group: '', item: { term: name, lines: [summary] }, details: [], json: { name, summary } }));
}
