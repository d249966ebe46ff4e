import { describe, expect, it } from 'vitest';
import { invalid, invalidField } from './problem.ts';
import { fromServiceError, toStatus } from './status.ts';

describe('a refusal of very many fields', () => {
  it('fits into the trailers of a call, with the first of them', () => {
    const fields = Array.from({ length: 2_000 }, (_, index) => ({
      field: `entries[${index}].recordId`,
      reason: 'REQUIRED' as const,
      message: '必须填写',
    }));
    const status = toStatus(invalid(...fields));
    const bytes =
      status.metadata!.get('grpc-status-details-bin')[0]!.length + encodeURIComponent(status.details!).length;
    expect(bytes).toBeLessThan(8_000);
    const problem = fromServiceError({ ...status, name: '', message: '' } as never);
    expect(problem.fields.slice(0, 2)).toMatchObject(fields.slice(0, 2));
  });
});

describe('a message that is cut', () => {
  it('holds no half of a character: the server would end its process over it', () => {
    for (const before of ['', 'x']) {
      const { details } = toStatus(invalidField('dimension', 'UNKNOWN_FIELD', `${before}${'🌊'.repeat(500)} \ud800`));
      expect(encodeURI(details!).length).toBeLessThanOrEqual(9 * 400);
    }
  });
});
