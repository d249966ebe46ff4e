import type { Action } from '#lib/noun/noun.ts';
import { deleteAction, editAction, undeleteAction } from '#lib/record/usual-actions.ts';
import { contact as noun, type Contact } from './contact.ts';

export function contactActions(contact: Contact): Action[] {
  if (contact.deleteTime) return undeleteAction(noun, contact);
  return [...editAction(noun, contact), ...deleteAction(noun, contact)];
}
