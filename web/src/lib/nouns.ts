/** Where the pages of each noun are; names and icons of what refers to it. */
const PATHS: Record<string, string> = {
  lead: '/leads',
  customer: '/customers',
  contact: '/contacts',
  opportunity: '/opportunities',
  employee: '/people',
};

export function recordPath(noun: string, id: string): string | undefined {
  const path = PATHS[noun];
  return path && `${path}/${id}`;
}
