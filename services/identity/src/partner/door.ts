import type { Part } from '@pelagic/chassis/service';
import type { IdentityService } from '../identity-service.ts';
import { callout, type CalloutKeys } from './callout.ts';
import { openSweep } from './sweep.ts';

export type DoorOptions = {
  /** NATS servers, separated by commas. */
  url: string;
  keys: CalloutKeys;
  calloutPassword: string;
  sweepPassword: string;
};

export type Door = { parts: Part[]; /** Somebody may have to be cut off. */ changed: () => void };

/** The door of the bus that partners come through: who is let in, and who is put out again. */
export const openDoor = ({ database, log }: IdentityService, options: DoorOptions): Door => {
  const { url, keys, calloutPassword, sweepPassword } = options;
  const sweep = openSweep({ database, log, login: { url, user: 'partner_sweep', password: sweepPassword } });
  const answers = callout({ database, log, keys, login: { url, user: 'partner_callout', password: calloutPassword } });
  return { parts: [answers, sweep.part], changed: sweep.now };
};
