/** How everything that one types into looks, whatever element it is; size and place are the user's. */
export const control =
  'rounded-md border border-line-strong bg-surface px-2.5 text-base text-ink transition-colors hover:border-muted focus:border-accent focus:outline-2 focus:-outline-offset-1 focus:outline-accent disabled:opacity-60 aria-invalid:border-bad';
