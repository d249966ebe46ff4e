import type { SeedCommand, SeedServiceService } from '@pelagic/proto/crm/capability/v1/seed';
import { contract } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import { admit } from '@pelagic/chassis/access';
import type { Database } from '@pelagic/chassis/database';
import { runIn } from '@pelagic/chassis/context';
import type { Identify } from '@pelagic/chassis/identify';
import { denied, invalidField } from '@pelagic/chassis/problem';
import type { Handlers } from '@pelagic/chassis/rpc';

type Handler = (request: any, caller: any) => Promise<unknown>;
const COMMAND_MS = 60_000;

/** `handlers` by service: crm.customer.v1.LeadService → its handlers. */
export const seedHandlers = (
  database: Database,
  identify: Identify,
  handlers: Record<string, Record<string, unknown>>,
): Handlers<SeedServiceService> => {
  const run = async ({ rpc: name, request, token, time }: SeedCommand, index: number): Promise<string> => {
    const rpc = contract.rpcs.get(name);
    const handler =
      rpc && (handlers[rpc.service]?.[`${rpc.method[0]!.toLowerCase()}${rpc.method.slice(1)}`] as Handler | undefined);
    if (!rpc || !handler) throw invalidField(`commands[${index}].rpc`, 'UNKNOWN_VALUE', 'There is no such rpc here.');
    const known = await identify(token);
    if (!known.seeding || !time) throw denied('seed');
    const caller = { ...known, clock: new Date(time) };
    const asked = registry.get(rpc.request)!.fromJSON(JSON.parse(request));
    admit(caller, rpc, asked);
    const answer = await runIn({ caller, deadline: Date.now() + COMMAND_MS }, () => handler(asked, caller));
    return JSON.stringify(registry.get(rpc.response)!.toJSON(answer));
  };
  return {
    runCommands: ({ commands }) =>
      database.batch(async () => {
        const answers: string[] = [];
        for (const [index, command] of commands.entries()) answers.push(await run(command, index));
        return { answers };
      }),
  };
};
