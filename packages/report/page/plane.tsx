/** Heatmaps as dots, near each other where they are alike, in the colours of their clusters. */
export function Plane({ points, clusters }: { readonly points: readonly number[]; readonly clusters: number }) {
  const dots = Array.from({ length: points.length / 3 }, (_, at) => points.slice(3 * at, 3 * at + 3));
  return (
    <figure class="plane">
      <svg viewBox="-1.1 -1.1 2.2 2.2" role="img" aria-label={`${dots.length} heatmaps as dots, in ${clusters} groups`}>
        {dots.map(([x, y, cluster], at) => (
          <circle key={at} class={`c${cluster}`} cx={x} cy={y} r="0.028" />
        ))}
      </svg>
      <figcaption class="quiet small">Each dot is a heatmap; those that are alike lie together.</figcaption>
    </figure>
  );
}
