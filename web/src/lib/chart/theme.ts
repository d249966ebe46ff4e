/** Tokens as colours that a chart can paint with, as they are in the theme of the moment. */
export interface ChartTheme {
  ink: string;
  muted: string;
  line: string;
  surface: string;
  series: string[];
  font: string;
}

const SERIES = ['--series-1', '--series-2', '--series-3', '--series-4', '--series-5', '--series-6'];

/** A custom property holds `light-dark(…)` until something is painted with it. */
function resolve(probe: HTMLElement, token: string): string {
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
}

export function chartTheme(within: HTMLElement): ChartTheme {
  const probe = document.createElement('span');
  within.append(probe);
  const colour = (token: string) => resolve(probe, token);
  const theme = {
    ink: colour('--ink'),
    muted: colour('--ink-muted'),
    line: colour('--line'),
    surface: colour('--raised'),
    series: SERIES.map(colour),
    font: getComputedStyle(within).fontFamily,
  };
  probe.remove();
  return theme;
}
