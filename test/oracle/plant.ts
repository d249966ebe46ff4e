import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { MUTANT, MUTANTS } from './mutants.ts';

/** Loaded before a process of the product that is to have a mistake: changes the text of a module while it is loaded. */
const mutant = MUTANTS.find(({ name }) => name === process.env[MUTANT]);
if (!mutant) throw new Error(`There is no mutant ${process.env[MUTANT]}.`);

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (!url.endsWith(`/${mutant.file}`)) return loaded;
    const source = readFileSync(new URL(url), 'utf8');
    // Better no mistake than one that is not there: the oracle would be praised for seeing nothing.
    if (source.split(mutant.from).length !== 2)
      throw new Error(`${mutant.name}: ${mutant.file} does not hold its text once.`);
    return { ...loaded, source: source.replace(mutant.from, () => mutant.to) };
  },
});
