// What can be wrong with a field, and how to say it.

/** Stable: interfaces translate by it. */
export type FieldReason =
  | 'REQUIRED'
  | 'WRONG_TYPE'
  | 'UNKNOWN_FIELD'
  | 'UNKNOWN_VALUE'
  | 'OUTPUT_ONLY'
  | 'ONE_OF'
  | 'BAD_FORMAT'
  | 'BAD_TEXT'
  | 'TOO_LONG'
  | 'TOO_SHORT'
  | 'TOO_MANY'
  | 'TOO_FEW'
  | 'OUT_OF_RANGE'
  | 'TOO_DEEP';

export interface FieldError {
  /** Path in JSON: lead.phones[0], lead.custom.budget. Empty when it is the whole value. */
  field: string;
  reason: FieldReason;
  /** One English sentence for people. */
  message: string;
  /** What the sentence is made of, so that it can be said in another language. */
  params: Record<string, string | number>;
}

const examples: Record<string, string> = {
  uuid: 'an id: a UUID in lower case',
  email: 'a mail address such as name@example.com',
  phone: 'a phone number such as +86 10 8888 8888',
  date: 'a date such as 2026-03-31',
  decimal: 'a decimal such as 1234.50, with at most 18 digits before the point and 4 after it',
  slug: 'a slug of lower-case letters, digits and underscores that begins with a letter',
  url: 'a web address such as https://example.com',
  currency: 'a currency of three capital letters such as CNY',
  time_zone: 'a time zone such as Asia/Shanghai',
  locale: 'a language such as zh-CN',
  timestamp: 'a time such as 2026-03-31T09:30:00Z',
  duration: 'a duration in seconds such as 1.5s',
  bytes: 'base64 text',
  field_mask: 'a list of field names with commas between them',
  map_key: 'a key of at most 200 characters',
};

const sentences: Record<FieldReason, (name: string, params: FieldError['params']) => string> = {
  REQUIRED: (name) => `${name} is required.`,
  WRONG_TYPE: (name, { expected }) => `${name} must be ${expected}.`,
  UNKNOWN_FIELD: (name) => `There is no field ${name}.`,
  UNKNOWN_VALUE: (name, { values }) => `${name} must be one of ${values}.`,
  OUTPUT_ONLY: (name) => `${name} is set by the system and cannot be written.`,
  ONE_OF: (name, { fields }) => `${name} can hold only one of ${fields}.`,
  BAD_FORMAT: (name, { format = '' }) => `${name} must be ${examples[format] ?? format}.`,
  BAD_TEXT: (name) => `${name} contains characters that cannot be stored.`,
  TOO_LONG: (name, { max }) => `${name} must have at most ${max} characters.`,
  TOO_SHORT: (name, { min }) => `${name} must have at least ${min} characters.`,
  TOO_MANY: (name, { max }) => `${name} must have at most ${max} entries.`,
  TOO_FEW: (name, { min }) => `${name} must have at least ${min} entries.`,
  OUT_OF_RANGE: (name, { min, max }) =>
    max === undefined
      ? `${name} must be at least ${min}.`
      : min === undefined
        ? `${name} must be at most ${max}.`
        : `${name} must be from ${min} to ${max}.`,
  TOO_DEEP: (name) => `${name} is nested too deeply.`,
};

/** `name` is what the sentence calls the field, when that is not its path. */
export function fieldError(
  field: string,
  reason: FieldReason,
  params: FieldError['params'] = {},
  name = field || 'The value',
): FieldError {
  return { field, reason, message: sentences[reason](name, params), params };
}
