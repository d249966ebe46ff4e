/** A failure that a person can act on: what happened, and what to do about it. Everything else is a defect and keeps its stack. */
export class Failure extends Error {
  readonly advice: string;

  constructor(message: string, advice: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.advice = advice;
  }
}

/** The text of any thrown value, one line. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
