// What one caller may ask of the gateway. Rates are in config.ts, because installations differ in them.

const KB = 1_024;
/** Bytes. */
export const MB = 1_024 * KB;

export const JSON_BODY_MAX = 1 * MB;
export const UPLOAD_MAX = 50 * MB;
/** All headers of a request together, and how many. */
export const HEADERS_SIZE_MAX = 16 * KB;
export const HEADERS_MAX = 100;
/** One part of a path; ids have 36 characters. */
export const PATH_PART_MAX = 200;

/** Until the headers are here; until the whole request is, uploads over slow lines included. */
export const HEADERS_TIMEOUT_MS = 10_000;
export const REQUEST_TIMEOUT_MS = 180_000;
export const KEEP_ALIVE_MS = 72_000;
/** Longest deadline that a caller may ask for with x-timeout-ms. */
export const TIMEOUT_ASKED_MAX_MS = 15_000;

/** Open event streams of one session, and of all. */
export const STREAMS_PER_SESSION_MAX = 12;
export const STREAMS_MAX = 5_000;

/**
 * When turns of the event loop come this late on average, requests are sent away with 503: better some answers in time
 * than all too late. Measured over a while, so that one long pause, at the start or of a busy machine, is no overload.
 */
export const EVENT_LOOP_DELAY_MAX_MS = 2_000;
export const EVENT_LOOP_SAMPLE_MS = 5_000;
