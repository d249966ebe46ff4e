import { registerHooks } from 'node:module';
import { readFileSync } from 'node:fs';
import { BUGS } from './bugs.ts';

/**
 * Loaded by `node --import` into a process that is to have a bug: changes the text of a module while it is loaded.
 * The product itself has no switch for any of this.
 */
const bug = BUGS.find(({ name }) => name === process.env['PELAGIC_BUG']);
if (!bug) throw new Error(`There is no bug ${process.env['PELAGIC_BUG']}.`);

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    const edits = bug.edits.filter(({ file }) => url.endsWith(`/${file}`));
    if (!edits.length) return loaded;
    let source = readFileSync(new URL(url), 'utf8');
    for (const { file, from, to } of edits) {
      // Better no bug than one that is not there: the checker would be praised for seeing nothing.
      if (source.split(from).length !== 2)
        throw new Error(`${bug.name}: ${file} does not hold its text once:\n${from}`);
      source = source.replace(from, () => to);
    }
    return { ...loaded, source };
  },
});
