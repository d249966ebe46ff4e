import { pinyin } from 'pinyin-pro';

/**
 * How a name is found and sorted by people who type Latin letters: syllables, the same in one word, initials. 单小明 →
 * "shan xiao ming shanxiaoming sxm" (a surname's own reading is used). Names without Chinese characters stay as they are.
 */
export const pinyinOf = (name: string): string => {
  const syllables = pinyin(name, { toneType: 'none', type: 'array', surname: 'head', nonZh: 'consecutive', v: true })
    .map((syllable) => syllable.toLowerCase().trim())
    .filter(Boolean);
  if (!/\p{Script=Han}/u.test(name)) return name.toLowerCase();
  return [syllables.join(' '), syllables.join(''), syllables.map((syllable) => syllable[0]).join('')].join(' ');
};
