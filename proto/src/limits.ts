// Bounds of values whose rules say nothing.

/** Characters of a string. */
export const DEFAULT_MAX_TEXT = 10_000;
/** Entries of a list or map. */
export const DEFAULT_MAX_ITEMS = 1_000;
/** Messages and structs inside each other. */
export const MAX_DEPTH = 32;
/** Errors that one request is told about. */
export const MAX_ERRORS = 100;
