/** What every input of a form takes: the value goes in, changes come out. */
export interface InputProps<V> {
  id: string;
  value: V | undefined;
  onchange: (value: V | undefined) => unknown;
  onblur?: (() => unknown) | undefined;
  invalid?: boolean | undefined;
  /** Id of the help or error under it. */
  describedby?: string | undefined;
  disabled?: boolean | undefined;
  label: string;
}
