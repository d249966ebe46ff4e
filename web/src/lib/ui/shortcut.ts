const TAKES_TEXT = 'input:not([type=checkbox]), textarea, select, [contenteditable], [role=combobox]';
/** What floats has keys of its own. */
const FLOATS = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox]';

/** Whether a single letter is for the page: nothing is typed, and nothing floats over it that would take it. */
export function isShortcut(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
  return !(event.target instanceof Element && event.target.closest(`${TAKES_TEXT}, ${FLOATS}`));
}
