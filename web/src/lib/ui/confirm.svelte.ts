export interface Question {
  title: string;
  /** What will go, and how to bring it back. */
  body: string;
  /** The verb on the button. */
  action: string;
  danger?: boolean;
}

interface Pending extends Question {
  answer: (yes: boolean) => void;
}

let pending = $state.raw<Pending | null>(null);

export function pendingQuestion(): Pending | null {
  return pending;
}

/** Asks before something that cannot be taken lightly; false when the person thinks better of it. */
export function ask(question: Question): Promise<boolean> {
  pending?.answer(false);
  return new Promise((resolve) => {
    pending = {
      ...question,
      answer: (yes) => {
        pending = null;
        resolve(yes);
      },
    };
  });
}
