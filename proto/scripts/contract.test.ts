import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { ContractData } from '../src/contract-data.ts';
import { readContract } from './contract.ts';
import { readImage, removeTemporaryFolders, root, temporaryFolder } from './image.ts';
import { parseTemplate } from './routes.ts';

afterAll(removeTemporaryFolders);

/** The contract of the project's options and one file of crm.test.v1. */
function contractOf(body: string): { data: ContractData; problems: string[] } {
  const folder = temporaryFolder();
  const contracts = join(folder, 'proto/contracts');
  mkdirSync(join(contracts, 'crm/test/v1'), { recursive: true });
  cpSync(join(root, 'proto/contracts/pelagic'), join(contracts, 'pelagic'), { recursive: true });
  cpSync(join(root, 'buf.yaml'), join(folder, 'buf.yaml'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(contracts, 'crm/test/v1/test.proto'), `${head}${body}`);
  return readContract(readImage(folder));
}

const head = `syntax = "proto3";
package crm.test.v1;
import "google/api/annotations.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
import "pelagic/options/v1/options.proto";
`;

const boat = `
message Boat {
  option (pelagic.options.v1.noun) = "boat";
  string id = 1;
  optional string sail_name = 2 [(pelagic.options.v1.rules) = {max_length: 20, mask: "partial"}];
  repeated int64 weights = 3 [(pelagic.options.v1.rules) = {max_length: 3, min: 0}];
  map<string, Mast> masts = 4;
  oneof drive { bool wind = 5; Engine engine = 6; }
  google.protobuf.Timestamp launch_time = 7;
  Rig rig = 8;
  message Engine { double power = 1; }
}
message Mast {}
enum Rig { RIG_UNSPECIFIED = 0; RIG_SLOOP = 1; }
`;

test('messages, rules, events, routes and permissions come out of a file', () => {
  const { data, problems } = contractOf(`${boat}
message SailBoatRequest { string id = 1; string sail_name = 2; google.protobuf.FieldMask update_mask = 3; }
message SailBoatResponse { Boat the_boat = 1; }
message BoatSailed {
  option (pelagic.options.v1.event) = {subject: "crm.test.boat.sailed.v1", summary: "A boat went out."};
  Boat boat = 1;
}
service BoatService {
  rpc SailBoat(SailBoatRequest) returns (stream SailBoatResponse) {
    option (google.api.http) = {
      post: "/v1/boats/{id}/{sail_name}:sail"
      body: "*"
      response_body: "the_boat"
      additional_bindings { put: "/v1/sailing/{id}" body: "sail_name" }
    };
    option (pelagic.options.v1.access) = {permission: "boat.sail", audited: true, deadline_ms: 500};
  }
}`);
  expect(problems).toEqual([]);
  expect(data.enums).toEqual([{ name: 'crm.test.v1.Rig', values: ['RIG_UNSPECIFIED', 'RIG_SLOOP'], prefix: 'RIG_' }]);
  expect(data.messages.map(({ name }) => name)).toContain('crm.test.v1.Boat.Engine');
  expect(data.messages[0]).toEqual({
    name: 'crm.test.v1.Boat',
    noun: 'boat',
    fields: [
      { name: 'id', json: 'id', kind: 'string' },
      {
        name: 'sail_name',
        json: 'sailName',
        kind: 'string',
        optional: true,
        rules: { maxLength: 20, mask: 'partial' },
      },
      { name: 'weights', json: 'weights', kind: 'int64', repeated: true, rules: { maxLength: 3, min: 0 } },
      { name: 'masts', json: 'masts', kind: 'message', type: 'crm.test.v1.Mast', map: true },
      { name: 'wind', json: 'wind', kind: 'bool', oneof: 'drive' },
      { name: 'engine', json: 'engine', kind: 'message', type: 'crm.test.v1.Boat.Engine', oneof: 'drive' },
      { name: 'launch_time', json: 'launchTime', kind: 'timestamp' },
      { name: 'rig', json: 'rig', kind: 'enum', type: 'crm.test.v1.Rig' },
    ],
  });
  expect(data.rpcs).toEqual([
    {
      name: 'crm.test.v1.BoatService/SailBoat',
      method: 'SailBoat',
      service: 'crm.test.v1.BoatService',
      owner: 'test',
      request: 'crm.test.v1.SailBoatRequest',
      response: 'crm.test.v1.SailBoatResponse',
      serverStreaming: true,
      bindings: [
        {
          method: 'POST',
          path: '/v1/boats/{id}/{sail_name}:sail',
          segments: ['v1', 'boats', { variable: 'id' }, { variable: 'sailName' }],
          verb: 'sail',
          body: '*',
          responseBody: 'theBoat',
        },
        { method: 'PUT', path: '/v1/sailing/{id}', segments: ['v1', 'sailing', { variable: 'id' }], body: 'sailName' },
      ],
      access: { permission: 'boat.sail', audited: true, idempotent: false, deadlineMs: 500, mounted: false },
    },
  ]);
});

test('a contract with mistakes does not build, and each mistake is named', () => {
  const rpc = (name: string, access: string, http: string, message = 'Request'): string =>
    `rpc ${name}(${message}) returns (Boat) { ${http && `option (google.api.http) = {${http}};`} ${access && `option (pelagic.options.v1.access) = {${access}};`} }\n`;
  const { problems } = contractOf(`${boat}
message Request { string id = 1; uint32 count = 2; Mast mast = 3; }
message Secret {
  option (pelagic.options.v1.event) = {subject: "crm.other.ship.sink.v1", summary: "x"};
  string password = 1 [(pelagic.options.v1.rules) = {secret: true, format: "word", refers_to: "ship", mask: "blur", required: true, output_only: true}];
  bool flag = 2 [(pelagic.options.v1.rules) = {max_length: 3, min: 1, format: "slug", refers_by: "noun"}];
}
message Ship { option (pelagic.options.v1.noun) = "boat"; }
service TestService {
  ${rpc('NoPermission', '', 'get: "/v1/a/{id}"')}
  ${rpc('UnknownNoun', 'permission: "ship.read"', '')}
  ${rpc('NoAction', 'permission: "everybody"', '')}
  ${rpc('NounOfRequest', 'permission: "{noun}.read"', '')}
  ${rpc('PublicInside', 'permission: "internal"', 'get: "/v1/b"', 'Mast')}
  ${rpc('Mounted', 'permission: "public", mounted: true', '')}
  ${rpc('First', 'permission: "public"', 'post: "/v1/c/{id}:go" body: "*"')}
  ${rpc('Second', 'permission: "test.use"', 'post: "/v1/c/{count}:go" body: "nothing" response_body: "nothing"')}
  ${rpc('BadPath', 'permission: "public"', 'get: "/v1/d/{id=**}"')}
  ${rpc('BodyOfGet', 'permission: "public"', 'get: "/v1/e" body: "*"')}
}
service OtherService { ${rpc('First', 'permission: "public"', '')} }`);
  const name = 'crm.test.v1.TestService';
  expect(problems.sort()).toEqual(
    [
      `${name}/NoPermission: no permission. Add option (pelagic.options.v1.access).permission = "noun.action".`,
      `${name}/UnknownNoun: the permission "ship.read" is about "ship", which is neither a message's noun nor the service.`,
      `${name}/NoAction: the permission "everybody" is neither noun.action nor public, signed_in, in_person or internal.`,
      `${name}/NounOfRequest: the permission takes the noun from the request, whose field "noun" is missing.`,
      `${name}/PublicInside: internal, but has an HTTP route.`,
      `${name}/Mounted: mounted, but its request has no field "service".`,
      `${name}/First and ${name}/Second: both claim route POST /v1/c/{}:go.`,
      `${name}/First and crm.test.v1.OtherService/First: both claim the operation First.`,
      `${name}/Second: {count} in /v1/c/{count}:go is no string of crm.test.v1.Request.`,
      `${name}/Second: body "nothing" is no field of crm.test.v1.Request.`,
      `${name}/Second: response_body "nothing" is no field of crm.test.v1.Boat.`,
      `${name}/Second: mast would travel in the query of /v1/c/{count}:go, which holds no messages and maps.`,
      `${name}/BadPath: /v1/d/{id=**} is not a path of literals and {variables} with at most one :verb.`,
      `${name}/BodyOfGet: GET takes no body.`,
      'crm.test.v1.Boat and crm.test.v1.Ship: both claim noun "boat".',
      'crm.test.v1.Secret: its subject crm.other.ship.sink.v1 is not crm.test.<noun>.<past_verb>.v<N>.',
      'crm.test.v1.Secret: no message has the option noun = "ship".',
      'crm.test.v1.Secret: carries crm.test.v1.Secret.password, which is secret.',
      'crm.test.v1.Secret.password: there is no format "word".',
      'crm.test.v1.Secret.password: there is no mask "blur".',
      'crm.test.v1.Secret.password: refers to "ship", which no message has as its noun.',
      'crm.test.v1.Secret.password: cannot be both required and output_only.',
      'crm.test.v1.Secret.flag: a length is for strings, bytes, lists and maps.',
      'crm.test.v1.Secret.flag: refers by "noun", which is no field beside it.',
      'crm.test.v1.Secret.flag: min and max are for numbers.',
      'crm.test.v1.Secret.flag: a format is for strings.',
    ].sort(),
  );
});

test.each([
  ['/v1/leads', { segments: ['v1', 'leads'] }],
  ['/v1/leads/{id}:convert', { segments: ['v1', 'leads', { variable: 'id' }], verb: 'convert' }],
  ['/v1/session:changePassword', { segments: ['v1', 'session'], verb: 'changePassword' }],
  ['v1/leads', undefined],
  ['/v1//leads', undefined],
  ['/v1/leads/*', undefined],
  ['/v1/leads/{id}/', undefined],
])('the template %s', (path, expected) => expect(parseTemplate(path)).toEqual(expected));
