import { describe, expect, it } from 'vitest';
import { recall, remember, type Mapped } from './remembered.ts';

const proposed: Mapped = { targets: { firm: ['name'], sector: [''] }, meanings: {} };
const byHand: Mapped = { targets: { firm: ['name'], sector: ['industry'] }, meanings: {} };

describe('a mapping made by hand', () => {
  it('comes back with the same headings, in whatever order', () => {
    const kept = remember([], byHand, proposed);
    expect(recall(kept, { targets: { sector: [''], firm: [''] }, meanings: {} })).toBe(byHand);
    expect(recall(kept, { targets: { firm: ['name'], sector: [''], city: ['city'] }, meanings: {} })).toBeUndefined();
  });

  it('replaces the one before it', () => {
    const meant = { ...byHand, meanings: { industry: { technolgy: 'technology' } } };
    expect(remember(remember([], byHand, proposed), meant, proposed)).toEqual([meant]);
  });

  it('is forgotten when it is as proposed again', () => {
    const meant = { ...proposed, meanings: { name: { x: 'y' } } };
    const kept = remember([], meant, proposed);
    expect(kept).toEqual([meant]);
    expect(remember(kept, { ...proposed, meanings: { name: {} } }, proposed)).toEqual([]);
  });

  it('is one of few', () => {
    let kept: Mapped[] = [];
    for (let file = 0; file < 30; file++)
      kept = remember(
        kept,
        { targets: { [file]: ['name'] }, meanings: {} },
        { targets: { [file]: [''] }, meanings: {} },
      );
    expect(kept).toHaveLength(20);
    expect(kept[0]!.targets).toEqual({ 29: ['name'] });
  });
});
