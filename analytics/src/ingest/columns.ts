import type { Cube } from '../cubes/cube.ts';
import { CUBES } from '../cubes/catalogue.ts';
import { customFieldsOf, type Directory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';
import type { Column } from '../facts/column.ts';
import { customColumns } from '../facts/custom.ts';

/** All columns of a noun: its own and those of its custom fields. */
export const columnsOf = (cube: Cube, directory: Directory): Record<string, Column> => ({
  ...cube.columns,
  ...customColumns(customFieldsOf(directory, cube.noun)),
});

/** Gives every custom field its typed column. Repeatable: at start, and when a field is defined. */
export const addCustomColumns = async (engine: Engine, directory: Directory): Promise<void> => {
  const cluster = engine.cluster ? ` on cluster \`${engine.cluster}\`` : '';
  for (const cube of CUBES.values()) {
    const columns = Object.entries(customColumns(customFieldsOf(directory, cube.noun)));
    if (!columns.length) continue;
    const added = columns.map(([name, { type }]) => `add column if not exists ${name} ${type}`).join(', ');
    for (const table of [`${cube.noun}_change`, cube.noun])
      await engine.execute(`alter table ${table}${cluster} ${added}`);
  }
};
