// Writes everything that follows from the contracts. With --check it writes nothing and fails when something differs.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { indexContract, type ContractData } from '../src/contract-data.ts';
import { sampleEvent } from '../src/sample.ts';
import { asyncApi, eventsPage } from './asyncapi.ts';
import { eventsModule, registryModule, servicesModule } from './catalogue.ts';
import { readComments } from './comments.ts';
import { readContract } from './contract.ts';
import { mergeGolden } from './golden.ts';
import { buf, readImage, reflectionImage, root, temporaryFolder, type Image } from './image.ts';
import { openApi } from './openapi.ts';

/** Options of ts-proto: JSON is what a message already is, so that the gateway passes it through. */
const tsProto = [
  'outputServices=grpc-js',
  'importSuffix=.ts',
  'esModuleInterop=true',
  'enumsAsLiterals=true',
  'stringEnums=true',
  'removeEnumPrefix=true',
  'emitDefaultValues=json-methods',
  'forceLong=string',
  'useDate=string',
  'useDuration=string',
  'oneof=unions-value',
  'useExactTypes=false',
  'annotateFilesWithVersion=false',
  'env=node',
  // Node keeps the text of its modules, in two bytes a character where one of them is Chinese: 30 MB in all processes.
  'comments=false',
];

/** Only options use these, and options are read from the image. */
const unused = /^(google\/api|google\/protobuf\/descriptor|pelagic)\b/;

function generateTypes(image: Image): Map<string, string> {
  const folder = temporaryFolder();
  const plugin = { local: 'protoc-gen-ts_proto', out: 'gen', include_imports: true, strategy: 'all', opt: tsProto };
  writeFileSync(join(folder, 'buf.gen.yaml'), JSON.stringify({ version: 'v2', plugins: [plugin] }));
  writeFileSync(join(folder, 'image.binpb'), image.bytes);
  buf(['generate', 'image.binpb'], folder);
  const types = join(folder, 'gen');
  const paths = listTree(types).filter((path) => !unused.test(path));
  return new Map(paths.map((path) => [path, withEmptyLists(readFileSync(join(types, path), 'utf8'))]));
}

/** ts-proto emits every default but the empty list and map; readers shall not have to tell absent from empty. */
const withEmptyLists = (source: string): string =>
  source
    .replace(/if \(message\.(\w+)\?\.length\) \{/g, 'if (message.$1) {')
    .replaceAll('if (entries.length > 0) {', '{');

function listTree(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}

const isThere = (path: string, content: string | Buffer): boolean =>
  existsSync(path) && readFileSync(path).equals(Buffer.from(content as string));

const image = readImage();
const { data, problems } = readContract(image);
const contract = indexContract(data);
const comments = readComments(image.files);

const goldens = new Map(
  [...contract.events.values()].map((event) => {
    const path = `proto/golden/${event.subject}.json`;
    const fresh = JSON.parse(JSON.stringify(sampleEvent(contract, event)));
    if (!existsSync(join(root, path))) return [path, fresh];
    const found: string[] = [];
    const merged = mergeGolden(JSON.parse(readFileSync(join(root, path), 'utf8')), fresh, event.subject, found);
    problems.push(...found.map((problem) => `${problem} If nobody ever read it, delete ${path} and generate again.`));
    return [path, merged];
  }),
);

const pretty = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** One message, enum or rpc a line: compact, and still readable as a difference. */
const lines = ({ messages, enums, rpcs }: ContractData): string => {
  const parts = Object.entries({ messages, enums, rpcs }).map(
    ([name, list]) => `"${name}": [\n${list.map((item) => JSON.stringify(item)).join(',\n')}\n]`,
  );
  return `{\n${parts.join(',\n')}\n}\n`;
};

const wanted = new Map<string, string | Buffer>([
  ...[...generateTypes(image)].map(([path, text]): [string, string] => [`proto/gen/${path}`, text]),
  ['proto/gen/image.binpb', reflectionImage()],
  ['proto/gen/contract.json', lines(data)],
  ['proto/gen/registry.ts', registryModule(image, data)],
  ['proto/gen/services.ts', servicesModule(image)],
  ['proto/gen/events.ts', eventsModule(image, data)],
  ...[...goldens].map(([path, golden]): [string, string] => [path, pretty(golden)]),
  ['docs/openapi.json', pretty(openApi(contract, comments))],
  ['docs/asyncapi.yaml', asyncApi(contract, comments)],
  ['docs/events.md', eventsPage(contract)],
]);

const present = (folder: string): string[] => listTree(join(root, folder)).map((path) => `${folder}/${path}`);
const stale = present('proto/gen').filter((path) => !wanted.has(path));
for (const path of present('proto/golden').filter((golden) => !wanted.has(golden))) {
  problems.push(`The event of ${path} is gone from the contract. If nobody ever read it, delete the file.`);
}
const changed = [...wanted].filter(([path, content]) => !isThere(join(root, path), content));

if (process.argv.includes('--check')) {
  for (const path of [...changed.map(([path]) => path), ...stale])
    problems.push(`${path} is not what the contracts say.`);
  if (changed.length + stale.length > 0) problems.push('Run `npm run generate` and commit what it writes.');
} else {
  for (const [path, text] of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of stale) rmSync(join(root, path));
  console.log(
    `${data.rpcs.length} rpcs, ${data.messages.length} messages, ${contract.events.size} events: ${changed.length} files written, ${stale.length} removed.`,
  );
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
