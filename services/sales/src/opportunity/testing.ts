import { uuidv7 } from '@pelagic/chassis/outbox';
import { Opportunity } from '@pelagic/proto/crm/sales/v1/opportunity';
import type { Pipeline, Stage } from '@pelagic/proto/crm/sales/v1/pipeline';
import { english, everything, moveOf, newDeal, startSalesService, type Along } from '../testing.ts';

type Started = Awaited<ReturnType<typeof startSalesService>>;
export type Person = Awaited<ReturnType<Started['person']>>;
export type Selling = Awaited<ReturnType<typeof openSelling>>;

/** A refusal that names these fields of the request. */
export const fieldErrors = (...errors: [string, string][]) => ({
  code: 'INVALID_ARGUMENT',
  fields: errors.map(([field, reason]) => ({ field, reason })),
});

export const fieldError = (field: string, reason: string) => fieldErrors([`opportunity.${field}`, reason]);

/** The service with a manager who may do everything, the standard pipeline, a customer and a rate for dollars; and what tests do with deals. */
export const openSelling = async () => {
  const started = await startSalesService();
  const manager = await started.person({ permissions: everything('ALL') });
  const { pipeline } = await manager.pipelines.createPipeline({ pipeline: english(), requestId: '' });
  const customerId = started.customer({ name: 'Blue Sea' }, manager);
  await started.database.sql
    .insertInto('directory_rate')
    .values({ id: uuidv7(), currency: 'USD', from_date: '2020-01-01', rate: '7' })
    .execute();

  const stage = (name: string, of: Pipeline = pipeline!): Stage => of.stages.find((each) => each.name === name)!;
  const createBy = async (person: Person, fields: object = {}, more: object = {}) =>
    (await person.deals.createOpportunity(newDeal(fields, more))).opportunity!;
  const update = async (person: Person, id: string, fields: object, mask = Object.keys(fields)) =>
    (await person.deals.updateOpportunity({ id, opportunity: Opportunity.fromJSON(fields), updateMask: mask }))
      .opportunity!;
  const moveTo = async (id: string, stageId: string, along: Along = {}, person = manager) =>
    (await person.deals.moveOpportunity(moveOf(id, stageId, along))).opportunity!;
  return {
    started,
    manager,
    pipeline: pipeline!,
    customerId,
    stage,
    createBy,
    create: (fields: object = {}) => createBy(manager, fields),
    update,
    moveTo,
    move: (id: string, name: string, along: Along = {}) => moveTo(id, stage(name).id, along),
    stays: async (id: string) => (await manager.deals.listStageStays({ id })).stays,
    /** Verbs of the events that were told of a deal. */
    verbs: async (id: string) => (await started.events(id)).map(({ subject }) => subject.split('.')[3]),
  };
};
