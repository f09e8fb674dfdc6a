import airplane from '../../../../models/everyday/examples/airplane.svg?url';
import both from '../../../../models/everyday/examples/airplane-and-truck.svg?url';
import ship from '../../../../models/everyday/examples/ship.svg?url';

/** A picture that comes with the page. */
export interface Example {
  /** What the URL says. */
  readonly key: string;
  readonly title: string;
  readonly url: string;
}

export const examples: readonly Example[] = [
  { key: 'airplane-and-truck', title: 'An airplane above a truck', url: both },
  { key: 'airplane', title: 'An airplane', url: airplane },
  { key: 'ship', title: 'A ship', url: ship },
];

export function isExample(key: string): boolean {
  return examples.some((example) => example.key === key);
}
