/** The languages that the product speaks. */
export type Language = 'zh' | 'en';

/** The one of a BCP 47 locale: zh-CN and zh-TW read Chinese, everybody else English. */
export const languageOf = (locale: string): Language => (locale.toLowerCase().startsWith('zh') ? 'zh' : 'en');
