import { globSync, readFileSync } from 'node:fs';
import { parse, type AST } from 'svelte/compiler';
import { expect, test } from 'vitest';

const SECRETS = new Set(['PasswordField', 'NewPassword']);

type Node = { type: string; name?: string; [key: string]: unknown };

/** All nodes below, the script of a component left out. */
function* below(node: unknown): Generator<Node> {
  if (Array.isArray(node)) for (const each of node) yield* below(each);
  else if (node && typeof node === 'object') {
    if ('type' in node) yield node as Node;
    for (const each of Object.values(node)) yield* below(each);
  }
}

const forms = globSync('src/**/*.svelte').flatMap((file) => {
  const { fragment } = parse(readFileSync(file, 'utf8'), { modern: true });
  return [...below(fragment)]
    .filter(({ type, name }) => type === 'RegularElement' && name === 'form')
    .filter((form) => [...below(form['fragment'])].some(({ name = '' }) => SECRETS.has(name)))
    .map((form) => ({ file, form: form as unknown as AST.RegularElement }));
});

test('no form with a password could ever put it into an address', () => {
  expect(forms.length).toBeGreaterThan(3);
  for (const { file, form } of forms) {
    const method = form.attributes.find((each) => each.type === 'Attribute' && each.name === 'method');
    expect(JSON.stringify(method), file).toMatch(/"data":"post"/);
  }
});
