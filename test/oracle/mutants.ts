import type { PathClass } from './paths.ts';

/** A mistake that is put into the product while it is loaded, and the paths of which one must show it. */
export type Mutant = {
  name: string;
  file: string;
  from: string;
  to: string;
  sees: PathClass[];
  /** Which process has it; customer unless it says so. */
  process?: string;
};

export const MUTANTS: Mutant[] = [
  {
    name: 'a share for reading lets write',
    file: 'chassis/src/access.ts',
    from: "${shares === 'write' ? sql`and share.access = 'SHARE_ACCESS_WRITE'` : sql``}",
    to: '',
    sees: ['change', 'bulk edit'],
  },
  {
    name: 'a masked field can be asked by',
    file: 'chassis/src/access.ts',
    from: 'return !grant.hidden.has(path) && !grant.masked.has(path);',
    to: 'return !grant.hidden.has(path);',
    sees: ['list'],
  },
  {
    name: 'an export forgets the masks',
    file: 'capabilities/src/export/run-export.ts',
    from: 'maskAnswer(caller, message, told);',
    to: '',
    sees: ['export'],
  },
  {
    name: 'a statement forgets the scope of the right to it',
    file: 'analytics/src/question/scope.ts',
    from: 'scoping.querying ? withinScope(STATEMENTS, scoping) : undefined',
    to: 'undefined',
    sees: ['statements'],
    process: 'analytics',
  },
];

/** Variable that names the mutant to a process. */
export const MUTANT = 'ORACLE_MUTANT';
