import { tick } from 'svelte';
import { fieldMessage } from '#lib/api/problem-message.ts';
import { asProblem, type Problem } from '#lib/api/problem.ts';
import { isDate, isInstant } from '#lib/format/date.ts';
import { parseAmount } from '#lib/format/money.ts';
import { isEmpty, sameValue, wrapField, type Field, type Money } from '#lib/noun/field.ts';
import { m } from '#lib/paraglide/messages.js';

/** Values, errors and the way to the service of one form. `body` is the message's name in field errors: `lead`. */
export class Form {
  values = $state<Record<string, unknown>>({});
  /** Sentence by field key. */
  errors = $state<Record<string, string>>({});
  /** What is wrong with the whole, or with fields that this form does not show. */
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);

  readonly #initial: Record<string, unknown>;
  readonly #body: string;
  #touched = new Set<string>();

  constructor(body: string, initial: Record<string, unknown> = {}) {
    this.#body = body;
    this.#initial = initial;
    this.values = { ...initial };
  }

  get dirty(): boolean {
    const keys = new Set([...Object.keys(this.values), ...Object.keys(this.#initial)]);
    return [...keys].some((key) => !sameValue(this.values[key], this.#initial[key]));
  }

  set(key: string, value: unknown): void {
    this.values[key] = value;
    this.#touched.add(key);
    // An error stands until the person does something about it.
    delete this.errors[key];
  }

  /** As it was opened, for the next one. */
  clear(): void {
    this.values = { ...this.#initial };
    this.errors = {};
    this.#touched.clear();
  }

  /** On leaving a field. One that was only passed through is not blamed yet. */
  leave(field: Field): void {
    if (this.#touched.has(field.key)) this.check(field);
  }

  check(field: Field): boolean {
    const error = fault(field, this.values[field.key]);
    if (error) this.errors[field.key] = error;
    else delete this.errors[field.key];
    return !error;
  }

  /** What a request carries: wrapped by kind, lists without empty entries. */
  fields(fields: Field[]): Record<string, unknown> {
    const written = fields.map((field) => {
      const value = this.values[field.key];
      const trimmed = Array.isArray(value) ? value.filter((entry) => !isEmpty(entry)) : value;
      return [field.key, wrapField(field, trimmed)] as const;
    });
    return Object.fromEntries(written);
  }

  /** Checks, sends, and puts what comes back wrong beside its field. Undefined when it did not go through. */
  async submit<T>(fields: Field[], send: () => Promise<T>): Promise<T | undefined> {
    if (this.busy) return undefined;
    this.problem = null;
    if (!fields.map((field) => this.check(field)).every(Boolean)) {
      await this.#focusFirst(fields);
      return undefined;
    }
    this.busy = true;
    try {
      return await send();
    } catch (error) {
      this.#refused(asProblem(error), fields);
      // Inputs take no focus while the form is at work.
      this.busy = false;
      await this.#focusFirst(fields);
      return undefined;
    } finally {
      this.busy = false;
    }
  }

  #refused(problem: Problem, fields: Field[]): void {
    const keys = fields.map(({ key }) => key);
    const byField = problem.fieldProblems(this.#body, keys);
    for (const field of fields) {
      const found = byField.get(field.key);
      if (found) this.errors[field.key] = fieldMessage(found);
      byField.delete(field.key);
    }
    // Something is left that no field of this form can say.
    if (byField.size > 0 || problem.fields.length === 0) this.problem = problem.about([...byField.values()]);
  }

  async #focusFirst(fields: Field[]): Promise<void> {
    await tick();
    const first = fields.find((field) => this.errors[field.key]);
    if (first) document.getElementById(inputId(first.key))?.focus();
  }
}

export function inputId(key: string): string {
  return `field-${key.replace('.', '-')}`;
}

/** What can be said without asking the service. */
function fault(field: Field, value: unknown): string | undefined {
  if (isEmpty(value)) return field.required ? m.field_required() : undefined;
  if (typeof value === 'string') {
    if (field.kind === 'date' && !isDate(value)) return m.field_bad_date();
    if (field.kind === 'time' && !isInstant(value)) return m.field_bad_date();
    if (field.kind === 'number' && parseAmount(value) === null) return m.field_bad_number();
    const max = field.maxLength;
    if (max && [...value].length > max) return m.field_too_long({ max: String(max) });
  }
  if (field.kind === 'money' && parseAmount((value as Money).amount) === null) return m.field_bad_number();
  if (field.kind === 'emails' && (value as string[]).some((entry) => entry !== '' && !/^\S+@\S+\.\S+$/.test(entry)))
    return m.field_bad_email();
  return undefined;
}
