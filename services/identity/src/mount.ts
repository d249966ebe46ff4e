import { openAuditTrail, type AuditTrail } from '@pelagic/capabilities/audit/audit';
import type { Bytes } from '@pelagic/capabilities/file/bytes';
import { fileHandlers, fileWork } from '@pelagic/capabilities/file/file.handlers';
import { openFiles } from '@pelagic/capabilities/file/store';
import { exportDays } from '@pelagic/capabilities/ledger/export-days';
import { ledgerHandlers } from '@pelagic/capabilities/ledger/ledger.handlers';
import { openJobs } from '@pelagic/capabilities/job/job.handlers';
import { parkedHandlers } from '@pelagic/capabilities/parked/parked.handlers';
import { recordHandlers } from '@pelagic/capabilities/record/record.handlers';
import { seedHandlers } from '@pelagic/capabilities/seed/seed.handlers';
import { viewHandlers } from '@pelagic/capabilities/view/view.handlers';
import type { Broker } from '@pelagic/chassis/broker';
import type { Identity } from '@pelagic/chassis/identify';
import type { Queue, Work } from '@pelagic/chassis/queue';
import { implement, type Implementation, type Seam } from '@pelagic/chassis/rpc';
import type { Part } from '@pelagic/chassis/service';
import { FileServiceService } from '@pelagic/proto/crm/capability/v1/file';
import { JobServiceService } from '@pelagic/proto/crm/capability/v1/job';
import { LedgerServiceService } from '@pelagic/proto/crm/capability/v1/ledger';
import { ParkedServiceService } from '@pelagic/proto/crm/capability/v1/parked';
import { RecordServiceService } from '@pelagic/proto/crm/capability/v1/record';
import { SeedServiceService } from '@pelagic/proto/crm/capability/v1/seed';
import { SavedViewServiceService } from '@pelagic/proto/crm/capability/v1/view';
import { apiKey } from './api-key/api-key.ts';
import { auditEntry, takeEntries } from './audit/audit.handlers.ts';
import { unwritten } from './audit/refusals.ts';
import { departmentImport, departmentLookup } from './department/department.import.ts';
import { department } from './department/department.ts';
import { employeeImport, employeeLookup } from './employee/employee.import.ts';
import { employeeWordings } from './employee/employee.wordings.ts';
import { employee } from './employee/employee.ts';
import { enterprise, exchangeRate } from './enterprise/enterprise.ts';
import { handOverKind, type Owners } from './hand-over/run-hand-over.ts';
import type { IdentityService } from './identity-service.ts';
import { partner } from './partner/partner.ts';
import { role } from './role/role.ts';
import { workingCalendar } from './working-calendar/working-calendar.ts';

const SERVICE = 'identity';
const NOUNS = [employee, department, role, enterprise, exchangeRate, workingCalendar, apiKey, partner, auditEntry];

type Options = {
  service: IdentityService;
  broker: Broker;
  /** Itself, as the other services know it. */
  self: Identity;
  bytes: Bytes;
  queue: Queue;
  owners: Owners;
  /** Handlers that demo seeding may call, by full name of their service. */
  seeds: Record<string, Record<string, unknown>>;
};

export type Mounted = { parts: Part[]; works: Work<any>[]; seam: Seam; implementations: () => Implementation[] };

/**
 * The capabilities for identity's nouns. Not `mountCapabilities`: here people and departments are at home and not a
 * projection, and the audit trail is not somewhere else.
 */
export const mountOwn = ({
  service: { database, log },
  broker,
  self,
  bytes,
  queue,
  owners,
  seeds,
}: Options): Mounted => {
  const audit: AuditTrail = openAuditTrail({
    service: SERVICE,
    database,
    log,
    deliver: (entries) => takeEntries(database, entries),
  });
  const seam: Seam = { log, identify: self.identify, audit: unwritten(audit.seam) };
  const files = openFiles({ service: SERVICE, database, bytes });
  const jobs = openJobs({
    service: SERVICE,
    database,
    queue,
    files,
    identity: self,
    audit,
    nouns: [employee, department],
    imports: [employeeImport, departmentImport],
    wordings: { employee: employeeWordings },
    bulk: [],
    lookups: { employee: employeeLookup, department: departmentLookup },
    names: { employee: 'employee', department: 'department', role: 'role' },
    kinds: { JOB_KIND_HAND_OVER: handOverKind(database, owners) },
  });
  return {
    parts: [audit.part, exportDays({ database, files, log })],
    works: [...jobs.works, fileWork(files)],
    seam,
    implementations: () => [
      implement(seam, RecordServiceService, recordHandlers({ database, nouns: NOUNS, audit })),
      implement(seam, SavedViewServiceService, viewHandlers({ database, nouns: NOUNS })),
      implement(seam, FileServiceService, fileHandlers({ database, files, identity: self })),
      implement(seam, JobServiceService, jobs.handlers),
      implement(seam, LedgerServiceService, ledgerHandlers({ service: SERVICE, database, broker })),
      implement(seam, ParkedServiceService, parkedHandlers({ service: SERVICE, database, consumers: [], audit })),
      implement(seam, SeedServiceService, seedHandlers(database, self.identify, seeds)),
    ],
  };
};
