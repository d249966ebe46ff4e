import type { EChartsCoreOption } from 'echarts/core';
import type { ChartTheme } from './theme.ts';

/** One series of a chart; at most six, the rest is the caller's "other". */
export interface Series {
  name: string;
  values: number[];
  /** The comparison: drawn light and behind. */
  faint?: boolean;
}

interface Shape {
  categories: string[];
  series: Series[];
  /** A figure as words, short: `¥1,235万`. */
  show: (value: number) => string;
}

function base(theme: ChartTheme, show: Shape['show']): EChartsCoreOption {
  return {
    color: theme.series,
    textStyle: { fontFamily: theme.font, color: theme.ink },
    tooltip: {
      trigger: 'axis',
      backgroundColor: theme.surface,
      borderColor: theme.line,
      textStyle: { color: theme.ink, fontSize: 12 },
      valueFormatter: (value: number | string) => show(Number(value)),
    },
    grid: { left: 8, right: 16, top: 16, bottom: 4, containLabel: true },
  };
}

function paint(theme: ChartTheme, { faint }: Series, index: number) {
  return faint ? { color: theme.muted, opacity: 0.35 } : { color: theme.series[index % theme.series.length] };
}

const labels = (theme: ChartTheme) => ({ color: theme.muted, fontSize: 12 });

/** Figures over time; bars from zero, the comparison as a thin line behind. */
export function trend(theme: ChartTheme, { categories, series, show }: Shape): EChartsCoreOption {
  return {
    ...base(theme, show),
    xAxis: {
      type: 'category',
      data: categories,
      axisLabel: { ...labels(theme), hideOverlap: true },
      axisLine: { lineStyle: { color: theme.line } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      min: 0,
      axisLabel: { ...labels(theme), formatter: show },
      splitLine: { lineStyle: { color: theme.line } },
      splitNumber: 4,
    },
    series: series.map((one, index) =>
      one.faint
        ? {
            name: one.name,
            type: 'line',
            data: one.values,
            symbol: 'none',
            lineStyle: { type: 'dashed', width: 1.5, color: theme.muted },
            itemStyle: paint(theme, one, index),
          }
        : {
            name: one.name,
            type: 'bar',
            data: one.values,
            barMaxWidth: 28,
            itemStyle: { ...paint(theme, one, index), borderRadius: [2, 2, 0, 0] },
          },
    ),
  };
}

/** A ranking: bars lie down, the longest on top, each with its figure beside it. */
export function ranking(theme: ChartTheme, { categories, series, show }: Shape): EChartsCoreOption {
  return {
    ...base(theme, show),
    grid: { left: 8, right: 72, top: 4, bottom: 4, containLabel: true },
    xAxis: { type: 'value', min: 0, show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: categories,
      axisLabel: { ...labels(theme), color: theme.ink, width: 110, overflow: 'truncate' },
      axisLine: { show: false },
      axisTick: { show: false },
    },
    series: series.map((one, index) => ({
      name: one.name,
      type: 'bar',
      data: one.values,
      barMaxWidth: 18,
      barGap: '10%',
      itemStyle: { ...paint(theme, one, index), borderRadius: 2 },
      label: one.faint
        ? { show: false }
        : {
            show: true,
            position: 'right',
            color: theme.ink,
            fontSize: 12,
            formatter: ({ value }: { value: number }) => show(value),
          },
    })),
  };
}
