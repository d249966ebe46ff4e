// The envelope of an event: structured CloudEvents 1.0 JSON.

/** `data` is the proto3-JSON of the event's message: the state after, and the changed fields with their values before. */
export interface CloudEvent<Data = unknown> {
  specversion: '1.0';
  /** uuidv7; also the Nats-Msg-Id. Unique for ever, but no order of time. */
  id: string;
  /** /crm/<service> */
  source: string;
  /** Also the NATS subject: crm.<service>.<noun>.<past_verb>.v<N>. */
  type: string;
  /** Id of the record. */
  subject: string;
  /** When it happened, RFC 3339: by the injected clock, or what an import says. */
  time: string;
  datacontenttype: 'application/json';
  /** URN of the message that `data` is. */
  dataschema: string;
  data: Data;
  /** When it was recorded, by the real clock: retention, replay and freshness go by it. */
  recordedtime: string;
  /** Version of the record after this event, a decimal string; gapless per record. */
  sequence: string;
  noun: string;
  actorid: string;
  actorkind: 'employee' | 'public' | 'service' | 'job' | 'api_key';
  /** The employee in whose name a job, service or API key acted. */
  onbehalfof?: string;
  /** Why, in the actor's words. */
  reason?: string;
  /** Day in the enterprise's time zone, YYYY-MM-DD: what reports go by. */
  businessdate: string;
  /** 'true' for brought-in history. */
  imported?: 'true';
  /** W3C trace context. */
  traceparent?: string;
  /** The request that caused it. */
  requestid?: string;
}

export const sourceOf = (service: string): string => `/crm/${service}`;

/** `dataschema` of a message's full name. */
export const dataSchemaOf = (message: string): string => `urn:pelagic:message:${message}`;
