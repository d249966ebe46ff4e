export type Theme = 'system' | 'light' | 'dark';

const YEAR_S = 365 * 24 * 3600;

function read(): Theme {
  const theme = document.documentElement.dataset['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

let current = $state<Theme | null>(null);

export function theme(): Theme {
  return current ?? read();
}

/** A cookie, so that the server's first answer has the right colours already. */
export function setTheme(next: Theme): void {
  current = next;
  document.documentElement.dataset['theme'] = next;
  document.cookie = `theme=${next}; path=/; max-age=${YEAR_S}; samesite=lax`;
}
