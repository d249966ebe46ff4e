import { showCount, showLength, showMoney, showShortMoney, showShortNumber } from '#lib/format/display.ts';

export type Unit = 'count' | 'money' | 'percent' | 'days' | 'hours';

/** A decimal string of the analytics service, with its words. */
export interface Figure {
  value: string;
  text: string;
}

/** The whole figure, for tables and tooltips; — where there is none (0 of 0). */
export function figureText(value: string, unit: Unit): string {
  if (value === '') return '—';
  switch (unit) {
    case 'money':
      return showMoney(value);
    case 'percent':
      return `${trim(value)}%`;
    case 'days':
      return showLength(Number(value), 'day');
    case 'hours':
      return showLength(Number(value), 'hour');
    case 'count':
      return showCount(Number(value));
  }
}

/** Short, for cards and axes: `¥1,235万`, `12.3k`. */
export function shortFigure(value: string, unit: Unit): string {
  if (value === '') return '—';
  if (unit === 'money') return showShortMoney(value);
  return unit === 'count' ? showShortNumber(value) : figureText(value, unit);
}

export function figure(value: string, unit: Unit): Figure {
  return { value, text: figureText(value, unit) };
}

function trim(value: string): string {
  return value.includes('.') ? value.replace(/\.?0+$/, '') : value;
}
