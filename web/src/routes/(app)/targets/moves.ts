/** Where the keys lead in a matrix of boxes: arrows to the neighbour, Enter down and with Shift up. */
export function neighbourOf(event: KeyboardEvent, input: HTMLInputElement): [down: number, along: number] | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const { selectionStart: start, selectionEnd: end, value } = input;
  const whole = start === 0 && end === value.length;
  switch (event.key) {
    case 'ArrowUp':
      return [-1, 0];
    case 'ArrowDown':
      return [1, 0];
    case 'Enter':
      return [event.shiftKey ? -1 : 1, 0];
    case 'ArrowLeft':
      return whole || (start === 0 && end === 0) ? [0, -1] : undefined;
    case 'ArrowRight':
      return whole || (start === value.length && end === value.length) ? [0, 1] : undefined;
    default:
      return undefined;
  }
}

/** The box at a place of the matrix. */
export const boxAt = (table: HTMLElement, row: number, column: number): HTMLInputElement | null =>
  table.querySelector(`[data-cell="${row}:${column}"]`);

/** Row and column of a box. */
export function placeOf(target: EventTarget | null): { input: HTMLInputElement; row: number; column: number } | null {
  if (!(target instanceof HTMLInputElement) || !target.dataset['cell']) return null;
  const [row = 0, column = 0] = target.dataset['cell'].split(':').map(Number);
  return { input: target, row, column };
}
