// Builds the web interface as `npm start` does, so that the processes of the mesh tests find it built.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureWebBuilt, webBuildFolder } from '../deploy/local/web-build.ts';

const folder = mkdtempSync(join(tmpdir(), 'pelagic-web-'));
try {
  await ensureWebBuilt(webBuildFolder(), join(folder, 'build.log'), () =>
    console.log('Its sources changed: building.'),
  );
} finally {
  rmSync(folder, { recursive: true });
}
