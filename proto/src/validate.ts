// Is this JSON what the contract says? ts-proto's fromJSON coerces; this is the judge.
import { fieldNamed, messageType } from './contract.ts';
import type { Field, Message } from './contract-data.ts';
import type { FieldError } from './field-error.ts';
import { DEFAULT_MAX_ITEMS, MAX_DEPTH } from './limits.ts';
import { isObject, report, valueCheck, type Check, type Run } from './values.ts';

export type { FieldError } from './field-error.ts';

export interface ValidateOptions {
  /**
   * Paths that a partial value sets, as in an update mask: only these are missed when absent. In a request that has an
   * update mask this follows from the request itself.
   */
  partial?: string[];
  /** The value is an answer or event of ours: types and unknown fields are checked, bounds of requests are not. */
  output?: boolean;
}

/** How much of a message is written: all of it, the paths of a mask, or what is there. */
type Mask = string[] | 'whole' | 'present';

type MessageCheck = (value: unknown, path: string, run: Run, mask: Mask) => void;

interface CompiledField {
  field: Field;
  check: Check;
  isEmpty: (value: unknown) => boolean;
}

const compiled = new Map<string, MessageCheck>();

/**
 * The errors of a proto3-JSON value of that message, none when it is right. Never throws on a value, however broken.
 * Throws when the contract has no such message.
 */
export function validate(messageName: string, value: unknown, options: ValidateOptions = {}): FieldError[] {
  const run: Run = { errors: [], output: options.output ?? false, depth: 0 };
  checkOf(messageName)(value, '', run, options.partial?.map(String) ?? 'whole');
  return run.errors;
}

function checkOf(name: string): MessageCheck {
  const known = compiled.get(name);
  if (known) return known;
  const check = compileMessage(messageType(name));
  compiled.set(name, check);
  return check;
}

/** Looked up when it runs: messages may contain each other. */
const nested =
  (type: string): Check =>
  (value, path, run) =>
    checkOf(type)(value, path, run, 'whole');

const join = (path: string, name: string): string => (path ? `${path}.${name}` : name);

function compileMessage(message: Message): MessageCheck {
  const fields = new Map(message.fields.map((field) => [field.json, compileField(field)]));
  const required = message.fields.filter((field) => field.rules?.required).map((field) => fields.get(field.json)!);
  const oneofs = new Set(message.fields.flatMap((field) => field.oneof ?? []));
  const mask = message.fields.find((field) => field.kind === 'fieldMask' && field.name === 'update_mask');
  return (value, path, run, written) => {
    if (!isObject(value)) return report(run, path, 'WRONG_TYPE', { expected: 'an object' });
    if (run.depth >= MAX_DEPTH) return report(run, path, 'TOO_DEEP');
    run.depth++;
    const update = mask ? readMask(message, mask, value, path, run) : undefined;
    for (const key of Object.keys(value)) {
      const entry = fields.get(key);
      if (!entry) report(run, join(path, key), 'UNKNOWN_FIELD');
      else if (value[key] !== null && value[key] !== undefined)
        checkField(entry, value[key], join(path, key), run, written, update);
    }
    if (!run.output) for (const entry of required) checkRequired(entry, value, path, run, written);
    if (oneofs.size > 0) checkOneofs(message, oneofs, value, path, run);
    run.depth--;
  };
}

function checkField(entry: CompiledField, value: unknown, path: string, run: Run, written: Mask, update?: Mask): void {
  const { field, check, isEmpty } = entry;
  // With a mask it is the mask that sets something, and it has been looked at.
  if (field.rules?.outputOnly && !run.output && !isEmpty(value) && typeof written === 'string') {
    return report(run, path, 'OUTPUT_ONLY');
  }
  // What a mask leaves out, or an update without one leaves empty, is not written: a default there breaks no bound.
  // A time has no such default: an empty text would be read as no time at all, which cannot be sent on.
  const isDefault = field.kind !== 'timestamp' && (value === '' || value === 0 || value === false);
  if (isDefault && !run.output && (written === 'present' || !writes(written, field))) return;
  const inner = update ?? below(written, field);
  if (field.kind === 'message' && !field.repeated && !field.map && inner !== 'whole') {
    checkOf(field.type!)(value, path, run, inner);
  } else check(value, path, run);
}

function checkRequired(
  { field, isEmpty }: CompiledField,
  value: Record<string, unknown>,
  path: string,
  run: Run,
  written: Mask,
): void {
  const held = value[field.json];
  // Without a mask an update writes what is set, and empty is not set; but blanks are.
  const missed = written === 'present' ? typeof held === 'string' && held !== '' : writes(written, field);
  if (missed && (held === null || held === undefined || isEmpty(held))) report(run, join(path, field.json), 'REQUIRED');
}

function checkOneofs(
  message: Message,
  oneofs: Set<string>,
  value: Record<string, unknown>,
  path: string,
  run: Run,
): void {
  for (const oneof of oneofs) {
    const members = message.fields.filter((field) => field.oneof === oneof);
    const set = members.filter(
      ({ json }) => Object.hasOwn(value, json) && value[json] !== null && value[json] !== undefined,
    );
    if (set.length > 1) report(run, path, 'ONE_OF', { fields: set.map((field) => field.json).join(', ') });
  }
}

/** Whether a mask sets the field or something in it. */
const writes = (mask: Mask, { json, name }: Field): boolean =>
  typeof mask === 'string' ||
  mask.some((path) => [json, name, '*'].includes(path) || path.startsWith(`${json}.`) || path.startsWith(`${name}.`));

/** What a mask says about the inside of a field. */
function below(mask: Mask, { json, name }: Field): Mask {
  if (typeof mask === 'string' || mask.some((path) => [json, name, '*'].includes(path))) return 'whole';
  return mask.flatMap((path) => {
    const [head, ...rest] = path.split('.');
    return head === json || head === name ? rest.join('.') : [];
  });
}

/** The update mask of a request, with its paths checked against the messages that it is about. */
function readMask(message: Message, field: Field, request: Record<string, unknown>, path: string, run: Run): Mask {
  const text = request[field.json];
  if (typeof text !== 'string' || text === '') return 'present';
  const targets = message.fields.filter((each) => each.kind === 'message' && !each.repeated && !each.map);
  const paths = text.split(',').filter(Boolean);
  for (const each of paths) {
    if (each === '*' || targets.length === 0) continue;
    const found = targets.map((target) => [target, resolve(messageType(target.type!), each)] as const);
    if (found.some(([, what]) => what === 'field')) continue;
    const [target] = found.find(([, what]) => what === 'output') ?? [];
    if (target) report(run, join(path, `${target.json}.${each}`), 'OUTPUT_ONLY');
    else report(run, join(path, field.json), 'UNKNOWN_FIELD', { path: each }, each);
  }
  return paths;
}

function resolve(message: Message, path: string): 'field' | 'output' | undefined {
  const [head = '', ...rest] = path.split('.');
  const field = fieldNamed(message, head);
  if (!field) return undefined;
  if (field.rules?.outputOnly) return 'output';
  if (rest.length === 0) return 'field';
  if (field.map) return rest.length === 1 ? 'field' : undefined;
  return field.kind === 'message' && !field.repeated ? resolve(messageType(field.type!), rest.join('.')) : undefined;
}

function compileField(field: Field): CompiledField {
  const one = valueCheck(field, nested);
  const check = field.repeated ? listCheck(field, one) : field.map ? mapCheck(field, one) : one;
  return { field, check, isEmpty: emptiness(field) };
}

/** Absent and empty are one thing; numbers and flags are there when they are sent, except that 0 sets nothing. */
function emptiness({ kind, repeated, map, optional, rules }: Field): (value: unknown) => boolean {
  if (repeated) return (value) => Array.isArray(value) && value.length === 0;
  if (map) return (value) => isObject(value) && Object.keys(value).length === 0;
  if (kind === 'string') return (value) => typeof value === 'string' && value.trim() === '';
  if (kind === 'enum') return (value) => typeof value === 'string' && value.endsWith('_UNSPECIFIED');
  if (rules?.outputOnly && !optional) return (value) => value === 0 || value === '0' || value === false;
  return () => false;
}

function size(length: number, { rules = {} }: Field, path: string, run: Run): boolean {
  if (run.output) return true;
  const max = rules.maxLength ?? DEFAULT_MAX_ITEMS;
  if (length > max) report(run, path, 'TOO_MANY', { max });
  else if (length > 0 && rules.minLength !== undefined && length < rules.minLength) {
    report(run, path, 'TOO_FEW', { min: rules.minLength });
  }
  // A list that is too long is not gone through.
  return length <= max;
}

function listCheck(field: Field, one: Check): Check {
  return (value, path, run) => {
    if (!Array.isArray(value)) return report(run, path, 'WRONG_TYPE', { expected: 'a list' });
    if (size(value.length, field, path, run)) value.forEach((item, index) => one(item, `${path}[${index}]`, run));
  };
}

function mapCheck(field: Field, one: Check): Check {
  return (value, path, run) => {
    if (!isObject(value)) return report(run, path, 'WRONG_TYPE', { expected: 'an object' });
    const entries = Object.entries(value);
    if (!size(entries.length, field, path, run)) return;
    for (const [key, member] of entries) {
      const place = `${path}.${key}`;
      if (key === '__proto__' || key.length > 200 || !key.isWellFormed() || key.includes('\0')) {
        report(run, place, 'BAD_FORMAT', { format: 'map_key' });
      } else one(member, place, run);
    }
  };
}
