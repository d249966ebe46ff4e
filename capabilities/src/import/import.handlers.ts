import { JobServiceService, StartImportRequest } from '@pelagic/proto/crm/capability/v1/job';
import { queryable } from '@pelagic/chassis/access';
import type { Caller } from '@pelagic/chassis/caller';
import { currentContext } from '@pelagic/chassis/context';
import { once } from '@pelagic/chassis/once';
import { invalid, invalidField, Problem } from '@pelagic/chassis/problem';
import type { Queue } from '@pelagic/chassis/queue';
import type { Handlers } from '@pelagic/chassis/rpc';
import { beginningOf } from '@pelagic/chassis/text';
import type { FileRow } from '../file/store.ts';
import type { ImportTarget } from '../job/import-target.ts';
import { createJob, jobMessage } from '../job/job.ts';
import { openSheet } from '../sheet/sheet.ts';
import { fieldsOf, labelOf, ownOf } from './field.ts';
import { fieldsFor, proposeMapping } from './plan.ts';
import { previewImport } from './preview.ts';
import { planImport, type ImportOptions } from './run-import.ts';
import { columnValues } from './value-counts.ts';

const SAMPLE_ROWS = 20;
/** Characters of a cell in the sample. */
const SAMPLE_CELL = 200;

type Options = ImportOptions & { service: string; queue: Queue };

/** The path of the request that a fault of the file belongs to. */
const ofFile = async <T>(prefix: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem) || !error.fields.length) throw error;
    throw invalid(
      ...error.fields.map((field) => ({ ...field, field: field.field === 'fileId' ? `${prefix}fileId` : field.field })),
    );
  }
};

export const importHandlers = (
  options: Options,
): Pick<Handlers<JobServiceService>, 'inspectImport' | 'previewImport' | 'startImport'> => {
  const { service, database, files, imports, lookups, queue } = options;

  const targetOf = (noun: string): ImportTarget => {
    const target = imports.find((candidate) => candidate.noun === noun);
    if (!target) throw invalidField('noun', 'UNKNOWN_NOUN', 'Records of this kind cannot be imported here.');
    return target;
  };

  const ownFile = async (id: string, caller: Caller, field: string): Promise<FileRow> => {
    const file = await files.find(id);
    if (!file || file.owner_id !== caller.id)
      throw invalidField(field, 'UNKNOWN_FILE', 'There is no such file of yours. Upload it again.');
    return file;
  };

  return {
    inspectImport: async ({ noun, fileId }, caller) => {
      const target = targetOf(noun);
      const deadline = currentContext()?.deadline ?? Infinity;
      const file = await ownFile(fileId, caller, 'fileId');
      const { columns, lines } = await ofFile('', () => openSheet(files.source(file)));
      const sample: { cells: string[] }[] = [];
      const values = columnValues(columns);
      let total = 0;
      await ofFile('', async () => {
        for await (const { cells } of lines) {
          if (Date.now() > deadline)
            throw new Problem('DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', 'The file is too long.');
          values.add(cells);
          if (total++ < SAMPLE_ROWS)
            sample.push({ cells: columns.map((_, index) => beginningOf(cells[index] ?? '', SAMPLE_CELL)) });
        }
      });
      await files.rememberRows(file.id, total);
      const locale = caller.grants?.locale ?? 'en';
      const fields = fieldsFor(fieldsOf(target, await ownOf(database.sql, noun), lookups), noun, caller);
      return {
        encoding: file.encoding,
        columns,
        sample,
        mapping: proposeMapping(columns, fields),
        total,
        fields: fields.map((field) => ({
          field: field.path,
          label: labelOf(field, locale),
          required: field.required,
          matchKey: field.matchKey && queryable(caller, noun, field.path),
          history: field.history,
        })),
        values: values.all(),
      };
    },

    previewImport: async ({ noun, settings }, caller) => {
      targetOf(noun);
      await ownFile(settings!.fileId, caller, 'settings.fileId');
      return ofFile('settings.', () => previewImport(options, noun, settings!, caller));
    },

    startImport: async (request, caller) => {
      const { noun, settings } = request;
      targetOf(noun);
      const file = await ownFile(settings!.fileId, caller, 'settings.fileId');
      await ofFile('settings.', () => planImport(options, noun, settings!, caller));
      if (file.row_count === 0)
        throw invalidField('settings.fileId', 'NO_ROWS', 'The file has headings, but no rows below them.');
      return database.transact((tx) =>
        once(tx, caller, JobServiceService.startImport, request, async () => {
          const job = await createJob(tx, queue, caller, {
            kind: 'JOB_KIND_IMPORT',
            noun,
            settings: StartImportRequest.toJSON(request),
            total: file.row_count ?? 0,
            sourceFileName: file.name,
          });
          return { job: jobMessage(service, job) };
        }),
      );
    },
  };
};
