const whole = new Intl.NumberFormat('en');

export const count = (value: number): string => whole.format(value);

export const counted = (value: number, one: string, many = `${one}s`): string => `${count(value)} ${value === 1 ? one : many}`;

/** A share in whole percent; what is nearly all or nearly none is not called all or none. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return '–';
  const rounded = Math.round(100 * share);
  if (rounded === 100 && share < 1) return '> 99 %';
  if (rounded === 0 && share > 0) return '< 1 %';
  return `${rounded} %`;
}
