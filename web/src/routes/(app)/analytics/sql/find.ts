import type { Schemas } from '#lib/api/client.ts';

type View = Schemas['SqlView'];

/** Views whose own name holds the words, whole; of the others the columns that do. */
export function found(views: View[], words: string | undefined): View[] {
  const wanted = words?.trim().toLowerCase();
  if (!wanted) return views;
  const holds = ({ name, label }: { name: string; label: string }): boolean =>
    name.includes(wanted) || label.toLowerCase().includes(wanted);
  return views.flatMap((view) => {
    if (holds(view)) return [view];
    const columns = view.columns.filter(holds);
    return columns.length ? [{ ...view, columns }] : [];
  });
}
