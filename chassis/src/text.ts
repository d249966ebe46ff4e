/**
 * The beginning of a text, at most `max` UTF-16 units of it. Never half of a character: PostgreSQL refuses one in JSON,
 * and a gRPC server ends its process over one in a status.
 */
export const beginningOf = (text: string, max: number): string =>
  text
    .toWellFormed()
    .slice(0, max)
    .replace(/[\ud800-\udbff]$/, '');
