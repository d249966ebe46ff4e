// The contract at run time, read from what scripts/generate.ts made of the .proto files.
import { readFileSync } from 'node:fs';
import {
  indexContract,
  type Contract,
  type ContractData,
  type Field,
  type Message,
  type Rpc,
} from './contract-data.ts';

export type * from './contract-data.ts';

export const contract: Contract = indexContract(
  JSON.parse(readFileSync(new URL('../gen/contract.json', import.meta.url), 'utf8')) as ContractData,
);

/** The message of that full name. Throws when the contract has none: a mistake in the program, not in its input. */
export function messageType(name: string): Message {
  const message = contract.messages.get(name);
  if (!message) throw new Error(`The contract has no message ${name}.`);
  return message;
}

/** The rpc behind a gRPC path, /crm.customer.v1.LeadService/CreateLead. */
export const rpcOfPath = (path: string): Rpc | undefined => contract.rpcs.get(path.slice(1));

/** The field of that name, whether written as in JSON (ownerId) or as in the .proto file (owner_id). */
export const fieldNamed = (message: Message, name: string): Field | undefined =>
  message.fields.find((field) => field.json === name || field.name === name);
