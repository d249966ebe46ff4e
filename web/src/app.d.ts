declare global {
  namespace App {
    interface Error {
      /** Stable reason of a Problem. */
      reason?: string;
      code?: string;
      detail?: string;
      traceId?: string;
    }
  }
}

export {};
