/** Somebody who may be named in a text, as it names them. */
export interface Named {
  id: string;
  name: string;
}

/** A piece of a text: plain, or the name of somebody it mentions. */
export interface Piece {
  text: string;
  mention: boolean;
}

/** What stands behind the @ that is being typed at the caret, and where it began; undefined when none is. */
export function typedMention(text: string, caret: number): { from: number; words: string } | undefined {
  // Chinese is written without blanks; a Latin letter before the @ makes it a mail address.
  const found = /(?:^|[^\w.-])@([^\s@]{0,30})$/.exec(text.slice(0, caret));
  if (!found) return undefined;
  const words = found[1] ?? '';
  return { from: caret - words.length - 1, words };
}

/** The text with the name in the place of what was typed, and where the caret stands then. */
export function putMention(
  text: string,
  { from, words }: { from: number; words: string },
  name: string,
): { text: string; caret: number } {
  const before = `${text.slice(0, from)}@${name} `;
  return { text: before + text.slice(from + 1 + words.length).replace(/^ /, ''), caret: before.length };
}

/** Those whom the text still names. */
export const stillNamed = (text: string, chosen: Named[]): string[] => [
  ...new Set(chosen.filter(({ name }) => text.includes(`@${name}`)).map(({ id }) => id)),
];

/** A text cut at the names that it mentions; of two that begin alike the longer one is meant. */
export function piecesOf(text: string, names: string[]): Piece[] {
  const known = names.filter((name) => name !== '').toSorted((a, b) => b.length - a.length);
  const pieces: Piece[] = [];
  let plain = '';
  for (let at = 0; at < text.length;) {
    const name = text[at] === '@' ? known.find((each) => text.startsWith(each, at + 1)) : undefined;
    if (name === undefined) {
      plain += text[at];
      at += 1;
      continue;
    }
    if (plain) pieces.push({ text: plain, mention: false });
    pieces.push({ text: `@${name}`, mention: true });
    plain = '';
    at += name.length + 1;
  }
  return plain ? [...pieces, { text: plain, mention: false }] : pieces;
}
