import type { Pipeline, Stage, StageCategory } from '@pelagic/proto/crm/sales/v1/pipeline';
import { languageOf } from '@pelagic/proto/language';
import { serviceCaller } from '@pelagic/chassis/caller';
import { runIn } from '@pelagic/chassis/context';
import type { Database } from '@pelagic/chassis/database';
import type { Log } from '@pelagic/chassis/log';
import { uuidv7 } from '@pelagic/chassis/outbox';
import type { Part } from '@pelagic/chassis/service';
import { sql } from 'kysely';
import { createPipeline } from './pipeline.handlers.ts';

/** Category, probability and whether the customer must be known; the words follow in each language. */
const STAGES: [StageCategory, number, string[]][] = [
  ['STAGE_CATEGORY_PIPELINE', 10, []],
  ['STAGE_CATEGORY_PIPELINE', 30, []],
  ['STAGE_CATEGORY_BEST_CASE', 50, ['customer_id']],
  ['STAGE_CATEGORY_COMMIT', 80, []],
  ['STAGE_CATEGORY_WON', 100, []],
  ['STAGE_CATEGORY_LOST', 0, []],
  ['STAGE_CATEGORY_INVALID', 0, []],
];

const WORDS = {
  zh: {
    name: '标准销售流程',
    stages: ['初步接洽', '需求确认', '方案报价', '商务谈判', '赢单', '输单', '无效'],
    lostReasons: ['价格过高', '选择了竞争对手', '预算不足', '需求取消', '功能不满足', '联系不上', '其他'],
  },
  en: {
    name: 'Standard sales',
    stages: ['Contact made', 'Needs confirmed', 'Proposal', 'Negotiation', 'Won', 'Lost', 'Invalid'],
    lostReasons: [
      'Price too high',
      'Chose a competitor',
      'No budget',
      'No longer needed',
      'Features missing',
      'No response',
      'Other',
    ],
  },
};

export const standardPipeline = (locale: string): Pipeline => {
  const words = WORDS[languageOf(locale)];
  const stages: Stage[] = STAGES.map(([category, probability, requiredFields], index) => ({
    id: uuidv7(),
    name: words.stages[index]!,
    category,
    probability,
    maxDays: 0,
    requiredFields,
    checklist: [],
    nextStageIds: [],
    guidance: '',
  }));
  return {
    id: '',
    version: 0,
    name: words.name,
    stages,
    departmentIds: [],
    active: true,
    default: true,
    lostReasons: words.lostReasons,
    createTime: undefined,
    updateTime: undefined,
    revision: 0,
  };
};

/** Makes the default pipeline once the enterprise and its language are known here. True when there is one. */
export const ensurePipeline = (database: Database): Promise<boolean> => {
  const caller = serviceCaller('sales');
  return runIn({ caller, deadline: Date.now() + 10_000 }, () =>
    database.transact(async (tx) => {
      await sql`select pg_advisory_xact_lock(hashtext('pipeline_default'))`.execute(tx.sql);
      const { rows } = await sql<{ pipelines: boolean; locale: string | null }>`
        select exists (select from pipeline) as pipelines, (select state->>'locale' from directory_enterprise) as locale`.execute(
        tx.sql,
      );
      const [known] = rows;
      if (known?.pipelines) return true;
      if (!known?.locale) return false;
      await createPipeline(tx, standardPipeline(known.locale), caller);
      return true;
    }),
  );
};

const AGAIN_MS = 500;

/** A new installation has no enterprise until its administrator gives it a name: waits for that. */
export const defaultPipeline = ({ database, log }: { database: Database; log: Log }): Part => {
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    try {
      if (await ensurePipeline(database)) return;
    } catch (error) {
      log.warn({ err: error }, 'default pipeline will be tried again');
    }
    timer = setTimeout(() => void look(), AGAIN_MS).unref();
  };
  return { name: 'default pipeline', start: look, stop: async () => clearTimeout(timer) };
};
