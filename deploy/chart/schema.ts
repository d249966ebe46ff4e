import { Ajv } from 'ajv';
import type { Definition } from './tools.ts';

export type Manifest = {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  spec?: any;
};

/** Two types of Kubernetes that are written as a string or as a number; OpenAPI 2 cannot say so. */
const EITHER = ['io.k8s.apimachinery.pkg.util.intstr.IntOrString', 'io.k8s.apimachinery.pkg.api.resource.Quantity'];

const keyOf = (group: string, version: string, kind: string): string => `${group ? `${group}/` : ''}${version} ${kind}`;

/**
 * Judges objects by the OpenAPI definitions of Kubernetes, strictly: a field that none of them knows is a mistake, which the
 * server would silently drop. Answers what is wrong with an object.
 */
export const judge = (definitions: Record<string, Definition>): ((manifest: Manifest) => string[]) => {
  const strict = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [
      name,
      EITHER.includes(name)
        ? { type: ['string', 'number'] }
        : definition.properties && definition.additionalProperties === undefined
          ? { ...definition, additionalProperties: false }
          : definition,
    ]),
  );
  const names = new Map(
    Object.entries(definitions).flatMap(([name, definition]) =>
      (definition['x-kubernetes-group-version-kind'] ?? []).map(
        ({ group, version, kind }) => [keyOf(group, version, kind), name] as const,
      ),
    ),
  );
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: 'kubernetes', definitions: strict });
  return (manifest) => {
    const name = names.get(`${manifest.apiVersion} ${manifest.kind}`);
    if (!name) return [`Kubernetes knows no ${manifest.apiVersion} ${manifest.kind}.`];
    const validate = ajv.getSchema(`kubernetes#/definitions/${name}`)!;
    if (validate(manifest)) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${instancePath || '/'} ${message} ${JSON.stringify(params)}`,
    );
  };
};
