import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { administration } from './administration.ts';
import { attachments } from './attachments.ts';
import { comments } from './comments.ts';
import { conflicts } from './conflict.ts';
import { hands } from './hands.ts';
import { openHouse, type House } from './house.ts';
import { lists } from './lists.ts';
import { calendar } from './calendar.ts';
import { looks } from './looks.ts';
import { money } from './money.ts';
import { office } from './office.ts';
import { partners } from './partners.ts';
import { theStory } from './story.ts';
import { statements } from './statements.ts';
import { tags } from './tags.ts';
import { targets } from './targets.ts';
import { tickets } from './tickets.ts';
import { together } from './together.ts';
import { webhooks } from './webhooks.ts';

/** One house for all chapters: its start takes longer than most of them. The first administrator enters through the browser. */
let house: House;
beforeAll(async () => {
  house = await openHouse();
}, 300_000);
afterAll(() => house?.stop(), 60_000);
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await house.shootAll(`failed-${task.name.replace(/\W+/g, '-').slice(0, 40)}`);
  expect(house.complaints()).toEqual([]);
});

theStory(() => house);
lists(() => house);
hands(() => house);
conflicts(() => house);
administration(() => house);
together(() => house);
office(() => house);
comments(() => house);
attachments(() => house);
tags(() => house);
tickets(() => house);
calendar(() => house);
money(() => house);
targets(() => house);
statements(() => house);
partners(() => house);
webhooks(() => house);
looks(() => house);
