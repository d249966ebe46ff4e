import { ContractServiceService } from '@pelagic/proto/crm/sales/v1/contract';
import { listRecords } from '@pelagic/capabilities/record/list';
import { getRecord } from '@pelagic/capabilities/record/records';
import { shareRecord } from '@pelagic/capabilities/record/shares';
import { once } from '@pelagic/chassis/once';
import type { Handlers } from '@pelagic/chassis/rpc';
import type { SalesService } from '../sales-service.ts';
import { contract, contractMessage, type ContractRow } from './contract.ts';
import { draftContract } from './draft-contract.ts';
import { completeContract, submitContract, voidContract } from './move-contract.ts';
import { setReceiptPlan } from './receipt-plan.ts';
import { refuseUnseen } from './references.ts';
import { bringBackContract, createContract, giveContract, removeContract, updateContract } from './write-contract.ts';

export const contractHandlers = (service: SalesService): Handlers<ContractServiceService> => {
  const { database } = service;
  const answer = async (row: Promise<ContractRow>) => ({ contract: contractMessage(await row) });
  return {
    createContract: async (request, caller) => {
      await refuseUnseen(service, caller, request.contract!, undefined);
      return (request.validateOnly ? database.rehearse : database.transact)((tx) =>
        once(tx, caller, ContractServiceService.createContract, request, () =>
          answer(createContract(service, tx, request.contract!, caller)),
        ),
      );
    },
    draftContract: (request, caller) =>
      database.transact((tx) =>
        once(tx, caller, ContractServiceService.draftContract, request, () =>
          answer(draftContract(service, tx, request.id, caller)),
        ),
      ),
    getContract: ({ id }, caller) => answer(getRecord<ContractRow>(database.sql, contract, id, caller)),
    listContracts: async (request, caller) => {
      const { rows, ...page } = await listRecords<ContractRow>(database.sql, contract, request, caller);
      return { contracts: rows.map(contractMessage), ...page };
    },
    updateContract: async ({ id, contract: message, updateMask }, caller) => {
      await refuseUnseen(service, caller, message!, updateMask);
      return answer(database.transact((tx) => updateContract(service, tx, id, message!, updateMask ?? [], caller)));
    },
    assignContract: ({ id, ownerId, version, reason }, caller) =>
      answer(database.transact((tx) => giveContract(service, tx, id, ownerId, caller, { version, reason }))),
    submitContract: ({ id, version }, caller) =>
      answer(database.transact((tx) => submitContract(tx, id, caller, version))),
    setReceiptPlan: ({ id, instalments, version }, caller) =>
      answer(database.transact((tx) => setReceiptPlan(tx, id, instalments, caller, version))),
    completeContract: ({ id, version }, caller) =>
      answer(database.transact((tx) => completeContract(tx, id, caller, version))),
    voidContract: ({ id, reason, version }, caller) =>
      answer(database.transact((tx) => voidContract(tx, id, reason, caller, version))),
    shareContract: ({ id, shares, version }, caller) =>
      answer(
        database.transact((tx) => shareRecord<ContractRow>(service, tx, contract, id, caller, { shares, version })),
      ),
    deleteContract: async ({ id, version }, caller) => {
      await database.transact((tx) => removeContract(tx, id, caller, version));
      return {};
    },
    undeleteContract: ({ id, ownerId }, caller) =>
      answer(database.transact((tx) => bringBackContract(service, tx, id, ownerId, caller))),
  };
};
