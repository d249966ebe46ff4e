import { session } from '#lib/session.svelte.ts';
import { organisation } from '../people/organisation.svelte.ts';
import type { Subject } from './target.ts';

/** Is it in somebody's scope? The service decides; this only spares rows and boxes that it would refuse. */
export function inScope(permission: string, { kind, id, departmentId, managerId }: Subject): boolean {
  const { employeeId, departmentId: own } = session.view;
  const mine = kind === 'person' && id === employeeId;
  return session.scopes(permission).some((scope) => {
    if (scope === 'ALL' || mine) return true;
    if (scope === 'DEPARTMENT') return departmentId === own;
    if (scope === 'DEPARTMENT_AND_BELOW') return organisation.pathTo(departmentId).some((above) => above.id === own);
    return scope === 'SUBORDINATES' && kind === 'person' && managerId === employeeId;
  });
}

/** Where the page begins: at the top for who sees everything, else at one's own department. */
export function firstDepartment(): string {
  if (session.scopes('target.read').includes('ALL')) return organisation.tree[0]?.department.id ?? '';
  return session.view.departmentId;
}
