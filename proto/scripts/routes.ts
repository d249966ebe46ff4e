// google.api.http rules to bindings.
import type { DescMethod } from '@bufbuild/protobuf';
import type { Binding, HttpMethod, Segment } from '../src/contract-data.ts';

/** google.api.HttpRule as proto3-JSON. */
export type HttpRule = {
  body?: string;
  responseBody?: string;
  additionalBindings?: HttpRule[];
} & Partial<Record<Lowercase<HttpMethod>, string>>;

const methods: HttpMethod[] = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH'];

export function bindingsOf(rule: HttpRule, rpc: string, problems: string[], desc: DescMethod): Binding[] {
  return [rule, ...(rule.additionalBindings ?? [])].flatMap((each) => {
    const method = methods.find((verb) => each[verb.toLowerCase() as Lowercase<HttpMethod>]);
    const path = method && each[method.toLowerCase() as Lowercase<HttpMethod>];
    if (!method || !path) {
      problems.push(`${rpc}: its google.api.http option has no method.`);
      return [];
    }
    const template = parseTemplate(path);
    if (!template) {
      problems.push(`${rpc}: ${path} is not a path of literals and {variables} with at most one :verb.`);
      return [];
    }
    const json = (name: string): string =>
      name === '*' ? name : (desc.input.fields.find((field) => field.name === name)?.jsonName ?? name);
    const answer = desc.output.fields.find((field) => field.name === each.responseBody)?.jsonName ?? each.responseBody;
    return [
      {
        method,
        path,
        segments: template.segments.map((segment) =>
          typeof segment === 'string' ? segment : { variable: segment.variable.split('.').map(camel).join('.') },
        ),
        ...(template.verb && { verb: template.verb }),
        ...(each.body && { body: json(each.body) }),
        ...(answer && { responseBody: answer }),
      },
    ];
  });
}

const camel = (name: string): string => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** undefined when the template is none that the gateway can serve. */
export function parseTemplate(path: string): { segments: Segment[]; verb?: string } | undefined {
  const match = /^((?:\/(?:[A-Za-z0-9_.-]+|\{[a-z0-9_.]+\}))+)(?::([A-Za-z]+))?$/.exec(path);
  if (!match) return undefined;
  const segments = match[1]!
    .slice(1)
    .split('/')
    .map((part): Segment => (part.startsWith('{') ? { variable: part.slice(1, -1) } : part));
  return { segments, ...(match[2] && { verb: match[2] }) };
}
