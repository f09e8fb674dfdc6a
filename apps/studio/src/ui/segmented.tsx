import { useId } from 'preact/hooks';

/** One of a few: a group of radio buttons that looks like a switch. */
export function Segmented<Value extends string>({
  label,
  options,
  value,
  choose,
  wide = false,
}: {
  readonly label: string;
  readonly options: readonly (readonly [value: Value, label: string])[];
  readonly value: Value;
  readonly choose: (value: Value) => void;
  readonly wide?: boolean;
}) {
  const name = useId();
  return (
    <fieldset class={wide ? 'segmented wide' : 'segmented'}>
      <legend class="unseen">{label}</legend>
      {options.map(([option, words]) => (
        <label key={option}>
          <input type="radio" name={name} value={option} checked={option === value} onChange={() => choose(option)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
