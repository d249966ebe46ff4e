// What operations of docs/openapi.json are called, and who may use them.
import type { Access, Rpc } from '../src/contract-data.ts';
import { shortName } from './schemas.ts';

export const tagOf = (service: string): string => shortName(service).replace(/Service$/, '');

/** The rpc's name with a small letter; further routes of the same rpc are counted. */
export const operationId = (rpc: Rpc, index = 0): string =>
  rpc.method.charAt(0).toLowerCase() + rpc.method.slice(1) + (index > 0 ? String(index + 1) : '');

/** "Create lead" of CreateLead. */
export const sentence = (method: string): string => {
  const words = method.replace(/(?!^)[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
};

export function permissionNote({ permission, audited }: Access): string {
  const who =
    permission === 'public'
      ? 'Nobody need be signed in.'
      : permission === 'signed_in'
        ? 'For everybody who is signed in.'
        : permission === 'in_person'
          ? 'For everybody who is signed in, in person: not with an API key.'
          : `Permission: \`${permission}\`.`;
  return audited ? `${who} Written to the audit log.` : who;
}
