import { describe, expect, it } from 'vitest';
import { piecesOf, putMention, stillNamed, typedMention } from './mentions.ts';

describe('a mention', () => {
  it.each([
    ['请@', { from: 1, words: '' }, 2],
    ['@', { from: 0, words: '' }, 1],
    ['hello @li', { from: 6, words: 'li' }, 9],
    ['hello @li now', { from: 6, words: 'li' }, 9],
  ])('is being typed in %j', (text, typed, caret) => {
    expect(typedMention(text, caret)).toEqual(typed);
  });

  it.each(['wang@example.com', '@li now', ''])('is not in %j', (text) => {
    expect(typedMention(text, text.length)).toBeUndefined();
  });

  it('takes the place of what was typed', () => {
    const typed = { from: 6, words: 'li' };
    expect(putMention('hello @li now', typed, '李雷')).toEqual({ text: 'hello @李雷 now', caret: 10 });
    expect(putMention('hello @li', typed, '李雷')).toEqual({ text: 'hello @李雷 ', caret: 10 });
  });

  it('is none of whom the text no longer names', () => {
    const chosen = [
      { id: '1', name: '李雷' },
      { id: '2', name: '韩梅梅' },
      { id: '1', name: '李雷' },
    ];
    expect(stillNamed('@李雷 请看', chosen)).toEqual(['1']);
  });

  it('stands out of the text, the longer name first', () => {
    expect(piecesOf('@李 和@李雷 看', ['李', '李雷', ''])).toEqual([
      { text: '@李', mention: true },
      { text: ' 和', mention: false },
      { text: '@李雷', mention: true },
      { text: ' 看', mention: false },
    ]);
    expect(piecesOf('a@b', [])).toEqual([{ text: 'a@b', mention: false }]);
  });
});
