// `npm run -s secrets`: makes the passwords and keys of an installation, for compose, Kubernetes and the stores.
import { parseArgs } from 'node:util';
import { writeSecrets } from './write.ts';

const HELP = `Makes the secrets of an installation, or completes them for processes that came since.

  --out=secrets                      folder; keep it as you keep the backups: without secrets.json nobody gets in
  --postgres=postgres:5432           where the databases are
  --clickhouse=http://clickhouse:8123  where ClickHouse is; empty when it runs inside analytics
  --prefix=pelagic                   before the names of the Kubernetes Secrets`;

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'secrets' },
    postgres: { type: 'string', default: 'postgres:5432' },
    clickhouse: { type: 'string', default: 'http://clickhouse:8123' },
    prefix: { type: 'string', default: 'pelagic' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.info(HELP);
else console.info(`${values.out}: ${writeSecrets(values.out, values).join(', ')}`);
