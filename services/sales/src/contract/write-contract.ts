import { Contract } from '@pelagic/proto/crm/sales/v1/contract';
import { nextNumber } from '@pelagic/capabilities/numbering/gap-free';
import { newFields, writablePaths, writeFields } from '@pelagic/capabilities/record/fields';
import type { Message, Row } from '@pelagic/capabilities/record/mapping';
import { ownerOf } from '@pelagic/capabilities/record/owner';
import { changeRecord, deleteRecord, insertRecord, need } from '@pelagic/capabilities/record/records';
import { restoreOwned } from '@pelagic/capabilities/record/restore';
import type { Caller } from '@pelagic/chassis/caller';
import type { Tx } from '@pelagic/chassis/database';
import type { DirectoryEmployee } from '@pelagic/chassis/directory';
import { invalidField, refused } from '@pelagic/chassis/problem';
import { ratesFor, type SalesService } from '../sales-service.ts';
import { sql } from 'kysely';
import { contract, contractMessage, isLooked, refuseSettled, tidyContract, type ContractRow } from './contract.ts';
import { isSum, SUMS, writeSum } from './contract-sum.ts';
import { refuseOverPlanned } from './receipt-plan.ts';
import { checkContractCustomer } from './references.ts';

const settledOwner = (
  { directory }: SalesService,
  tx: Tx,
  message: Contract,
  caller: Caller,
): Promise<DirectoryEmployee> => {
  const id = message.ownerId || (caller.kind === 'service' ? '' : caller.id);
  if (!id) throw invalidField('contract.ownerId', 'REQUIRED', 'A service has to say whose contract it is.');
  if (id !== caller.id) need(caller, 'contract.assign');
  return ownerOf(directory, tx, id, 'contract.ownerId', caller);
};

const give = (row: ContractRow, owner: DirectoryEmployee): void => {
  row.owner_id = owner.id;
  row.department_id = owner.departmentId;
};

/** Drafts a contract: for the importer, the deal that it comes of and the handler alike. Its number is taken last. */
export const createContract = async (
  service: SalesService,
  tx: Tx,
  message: Contract,
  caller: Caller,
  more: { opportunityId?: string } & Partial<Pick<ContractRow, 'state' | 'effective_date'>> = {},
): Promise<ContractRow> => {
  const row = (await newFields(tx, contract, message as unknown as Message, caller)) as unknown as ContractRow;
  const owner = await settledOwner(service, tx, message, caller);
  if (message.departmentId && message.departmentId !== owner.departmentId)
    throw invalidField(
      'contract.departmentId',
      'DEPARTMENT_OF_OWNER',
      'A contract belongs to the department of its owner.',
    );
  give(row, owner);
  const { opportunityId, ...placed } = more;
  Object.assign(row, { state: 'CONTRACT_STATE_DRAFT', opportunity_id: opportunityId ?? null, ...placed });
  await writeSum(tx, row, message, { before: undefined, paths: SUMS, rates: ratesFor(service) });
  tidyContract(row);
  await checkContractCustomer(service, tx, row.customer_id);
  const number = await nextNumber(tx, 'contract', 'CONTR');
  return insertRecord<ContractRow>(tx, contract, { ...(row as unknown as Row), number }, caller);
};

/** Writes fields of a draft under its rules: for bulk edits, the importer and the handler alike. */
export const updateContract = (
  service: SalesService,
  tx: Tx,
  id: string,
  message: Contract,
  mask: string[],
  caller: Caller,
): Promise<ContractRow> =>
  changeRecord<ContractRow>(
    tx,
    contract,
    id,
    caller,
    { action: 'update', verb: 'updated', version: message.version },
    async (row) => {
      refuseSettled(row);
      const before = contractMessage(row);
      // Parts of money are written as a whole.
      const asked = [...new Set(mask.map((path) => (path.startsWith('custom.') ? path : path.split('.')[0]!)))];
      const paths = new Set(writablePaths(contract, caller, message as unknown as Message, asked));
      const plain = asked.filter((path) => !isSum(path));
      // An empty mask would mean everything.
      if (plain.length || !asked.length)
        await writeFields(tx, contract, row as unknown as Row, message as unknown as Message, caller, plain);
      if ([...paths].some(isSum)) await writeSum(tx, row, message, { before, paths, rates: ratesFor(service) });
      tidyContract(row);
      refuseOverPlanned(row);
      if (row.customer_id !== before.customerId) await checkContractCustomer(service, tx, row.customer_id);
    },
  );

export const giveContract = async (
  { directory }: SalesService,
  tx: Tx,
  id: string,
  ownerId: string,
  caller: Caller,
  { version = 0, reason = '', deleted = false } = {},
): Promise<ContractRow> => {
  const owner = await ownerOf(directory, tx, ownerId, 'ownerId', caller);
  return changeRecord<ContractRow>(
    tx,
    contract,
    id,
    caller,
    { action: 'assign', verb: 'assigned', version, reason, deleted },
    (row) => give(row, owner),
  );
};

/** Only what was never agreed, or no longer holds, is thrown away; what money came in for stays, with its receipts. */
export const removeContract = (tx: Tx, id: string, caller: Caller, version = 0): Promise<ContractRow> =>
  deleteRecord<ContractRow>(tx, contract, id, caller, version, async ({ state }) => {
    if (state !== 'CONTRACT_STATE_DRAFT' && state !== 'CONTRACT_STATE_VOID')
      throw refused('CONTRACT_HOLDS', 'A contract that holds, or is decided on, cannot be deleted. Void it first.');
    const receipts = await sql`select from receipt where contract_id = ${id}::uuid limit 1`.execute(tx.sql);
    if (receipts.rows.length)
      throw refused('CONTRACT_IN_LEDGER', 'Money came in for this contract: it stays, also when it is void.');
  });

/** Out of the recycle bin. What is done stays with whose it was, also when they have left. */
export const bringBackContract = (
  { directory }: SalesService,
  tx: Tx,
  id: string,
  ownerId: string | undefined,
  caller: Caller,
): Promise<ContractRow> =>
  restoreOwned<ContractRow>(tx, contract, id, caller, { directory, ownerId, give, open: isLooked });
