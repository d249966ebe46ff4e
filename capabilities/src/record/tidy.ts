import { invalidField } from '@pelagic/chassis/problem';

/** Control characters, and those that show nothing or turn the text around; emoji are joined by two that stay. */
const UNSEEN = /(?![\u200c\u200d])[\p{Cc}\p{Cf}]/gu;

/** Half width instead of full width, one space instead of many, none at the ends, nothing that cannot be seen. */
export const tidy = (text: string): string =>
  text
    .normalize('NFKC')
    .replace(/\s+/g, ' ')
    .replace(UNSEEN, '')
    .replace(/^[\s\u200c\u200d]+|[\s\u200c\u200d]+$/g, '');

/** A name that can be read. Refuses one of which nothing is left. */
export const tidyName = (text: string, field: string): string => {
  const name = tidy(text);
  if (!name) throw invalidField(field, 'REQUIRED', 'This is required.');
  return name;
};

/** What people write to each other, as they wrote it but for the blanks around it. Refuses one that says nothing. */
export const tidyText = (text: string, field: string): string => {
  const said = text.trim();
  if (!said) throw invalidField(field, 'REQUIRED', 'Write something.');
  return said;
};
