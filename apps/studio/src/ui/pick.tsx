import { Icon, type IconName } from './icons.js';

/** A button that lets the user pick files. */
export function Pick({
  label,
  icon,
  accept,
  multiple = false,
  picked,
}: {
  readonly label: string;
  readonly icon?: IconName;
  readonly accept: string;
  readonly multiple?: boolean;
  readonly picked: (files: readonly File[]) => void;
}) {
  return (
    <label class="button pick">
      {icon && <Icon name={icon} />}
      {label}
      <input
        type="file"
        accept={accept}
        multiple={multiple}
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          // The same file again is a choice, too.
          currentTarget.value = '';
          if (files.length > 0) picked(files);
        }}
      />
    </label>
  );
}
