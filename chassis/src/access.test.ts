import { contract } from '@pelagic/proto/contract';
import { expect, it } from 'vitest';
import { admit } from './access.ts';
import { serviceCaller } from './caller.ts';
import { asProblem } from './problem.ts';

it("a service's own token opens what is for services or for everybody, and is refused by every other rpc", () => {
  const reasonOf = (rpc: Parameters<typeof admit>[1]): string => {
    try {
      admit(serviceCaller('customer'), rpc, { noun: 'lead' });
      return 'admitted';
    } catch (error) {
      return `${asProblem(error).code} ${asProblem(error).reason}`;
    }
  };
  for (const rpc of contract.rpcs.values()) {
    const open = ['internal', 'public'].includes(rpc.access.permission);
    expect([rpc.name, reasonOf(rpc)]).toEqual([rpc.name, open ? 'admitted' : 'PERMISSION_DENIED NOT_FOR_SERVICES']);
  }
});
