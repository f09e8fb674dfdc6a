/** A probability as people read it: `63.2 %`. */
export function percent(probability: number): string {
  if (!Number.isFinite(probability)) return '? %';
  if (probability > 0 && probability < 0.0005) return '< 0.1 %';
  // 100.0 % would claim a certainty that no softmax has.
  if (probability < 1 && probability > 0.9995) return '> 99.9 %';
  return `${(100 * probability).toFixed(1)} %`;
}
