import { messageType, type Rpc } from '@pelagic/proto/contract';
import { registry } from '@pelagic/proto/registry';
import { SERVICES } from '../../../deploy/local/processes.ts';
import { isOut, type Probe, type Probing } from '../judge.ts';
import { JUDGED, may } from '../reference.ts';
import { classOf, rpcsOf, type PathClass } from '../paths.ts';

/** Those that may serve what several serve; one that does not says so. */
const MOUNTING = SERVICES;

/** Past the seam such a request is refused for what it says, so that nothing comes of it. */
export const brokenRequest = (rpc: Rpc, service: string, noun: string): { request: object; harmless: boolean } => {
  const { fields } = messageType(rpc.request);
  const request: Record<string, unknown> = {};
  let harmless = rpc.access.idempotent || Boolean(rpc.serverStreaming);
  for (const { json, kind, repeated, rules } of fields) {
    if (json === 'service') request[json] = service;
    else if (json === 'noun') request[json] = noun;
    else if (rules?.format === 'uuid' && kind === 'string') request[json] = repeated ? ['no id'] : 'no id';
    if ((rules?.format === 'uuid' || rules?.required) && json !== 'service' && json !== 'noun') harmless = true;
  }
  return { request: registry.get(rpc.request)!.fromPartial(request), harmless };
};

const expected = (probing: Probing, permission: string): 'let in' | 'denied' | 'signed out' => {
  const { world, door } = probing;
  if (permission === 'public') return 'let in';
  if (isOut(probing)) return 'signed out';
  if (permission === 'signed_in') return 'let in';
  if (permission === 'in_person') return door.asker.key ? 'denied' : 'let in';
  if (permission === 'internal') return 'denied';
  return may(world.organisation, door.asker, permission) ? 'let in' : 'denied';
};

/** Some rights of identity's own nouns are of reading their history, and nothing else of them is behind the right. */
const nounsFor = ({ access }: Rpc): string[] =>
  access.permission.startsWith('{noun}') ? [...JUDGED, 'employee'] : [''];

const NOT_OF_PEOPLE = new Set(['SeedService']);

const askOne = async (probing: Probing, rpc: Rpc, path: PathClass): Promise<void> => {
  const { door, decide } = probing;
  const name = rpc.service.split('.').at(-1)!;
  const services = rpc.access.mounted ? MOUNTING : [rpc.owner];
  for (const service of services)
    for (const noun of nounsFor(rpc)) {
      const permission = rpc.access.permission.replace('{noun}', noun);
      const oracle = expected(probing, permission);
      const { request, harmless } = brokenRequest(rpc, service, noun);
      if (oracle === 'let in' && (!harmless || permission === 'public')) continue;
      const { code } = await door.call(rpc, request);
      if (code === 'UNIMPLEMENTED') continue;
      const product = code === 'PERMISSION_DENIED' ? 'denied' : code === 'UNAUTHENTICATED' ? 'signed out' : 'let in';
      decide(path, door.name, `${name}/${rpc.method}${noun && ` of ${noun}`} at ${service}`, { oracle, product });
    }
};

/** Every rpc of a kind lets in who has its right, and nobody else. */
export const seamOf =
  (path: PathClass): Probe =>
  async (probing) => {
    for (const rpc of rpcsOf(path))
      if (!rpc.clientStreaming && !NOT_OF_PEOPLE.has(rpc.service.split('.').at(-1)!) && classOf(rpc) === path)
        await askOne(probing, rpc, path);
  };
