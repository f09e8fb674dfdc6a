import { useId } from 'preact/hooks';

/** A share from 0 to 1, in steps of a hundredth. */
export function Slider({
  label,
  value,
  words,
  set,
}: {
  readonly label: string;
  readonly value: number;
  /** What is said of a value: `55 %`. */
  readonly words: string;
  readonly set: (value: number) => void;
}) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>{label}</label>
      <output for={id}>{words}</output>
      <input
        id={id}
        type="range"
        min="0"
        max="1"
        step="0.01"
        value={value}
        aria-valuetext={words}
        onInput={({ currentTarget }) => set(Number(currentTarget.value))}
      />
    </div>
  );
}
