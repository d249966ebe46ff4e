import type { Caller } from '@pelagic/chassis/caller';
import type { FunnelStep, GetFunnelRequest } from '@pelagic/proto/crm/analytics/v1/analytics';
import type { Directory } from '../directory/directory.ts';
import type { Engine } from '../engine/engine.ts';

export const funnel = async (_engine: Engine, _directory: Directory, _caller: Caller, _request: GetFunnelRequest): Promise<FunnelStep[]> => [];
