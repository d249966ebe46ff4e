/**
 * The W3C trace context of one request: its trace begins in the browser, with the wait that a person feels. The flag asks
 * to keep it; whether it is kept is decided by the sampler of the gateway.
 */
export function traceparent(): string {
  return `00-${hex(16)}-${hex(8)}-01`;
}

function hex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
