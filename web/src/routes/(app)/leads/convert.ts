import { api, body, type PostBody, type Schemas } from '#lib/api/client.ts';
import { Problem } from '#lib/api/problem.ts';

type Conversion = Schemas['Conversion'];

/** Rounds of looking again at a conversion that takes longer than one call. */
const LOOKS = 10;
const PAUSE_MS = 1_000;

/**
 * Converts a lead: the finished conversion, or the running one when it takes longer than about ten seconds more.
 * Throws the Problem of a refusal, also when the sales service refused and everything was undone.
 */
export async function convertLead(id: string, request: PostBody<'/v1/leads/{id}:convert'>): Promise<Conversion> {
  const params = { path: { id } };
  let conversion = await body(api.POST('/v1/leads/{id}:convert', { params, body: request }));
  for (let look = 0; conversion.state === 'CONVERSION_STATE_RUNNING' && look < LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    conversion = await body(api.GET('/v1/leads/{id}/conversion', { params }));
  }
  if (conversion.state === 'CONVERSION_STATE_FAILED')
    throw new Problem({
      status: 409,
      code: 'FAILED_PRECONDITION',
      reason: 'CONVERSION_FAILED',
      detail: conversion.problem,
      traceId: '',
      fields: [],
    });
  return conversion;
}
