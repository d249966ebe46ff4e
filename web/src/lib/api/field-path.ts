/** Names of fields as filters and orders write them: `nextContactDate` is `next_contact_date`; slugs of custom fields stay. */
export function toPath(field: string): string {
  if (field.startsWith('custom.')) return field;
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function toField(path: string): string {
  if (path.startsWith('custom.')) return path;
  return path.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** `-createTime`, as the URL says it → `create_time desc`. */
export function toOrderBy(sort: string): string {
  return sort.startsWith('-') ? `${toPath(sort.slice(1))} desc` : toPath(sort);
}

/** The other way, for saved views. */
export function toSort(orderBy: string): string {
  const [path = '', direction] = orderBy.trim().split(/\s+/);
  return `${direction === 'desc' ? '-' : ''}${toField(path)}`;
}
