import { connect } from '@nats-io/transport-node';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { ENGINE_OFFSETS } from '../../deploy/local/processes.ts';
import { follow, type Event } from '../../docs/guide/partner/follow.ts';
import { until } from '../mesh/person.ts';
import { PATIENT_MS, type House } from './house.ts';

type Login = { user: string; password: string };
/** `begun`: at which event each generation begins. */
type Following = { applied: Event[]; begun: Map<number, number>; stop: () => Promise<void> };

/** A system outside, as its administrator here lets it in and as it reads there, by the client of the guide. */
export const partners = (house: () => House) =>
  describe('a partner system', () => {
    let page: Page;
    let login: Login;
    let reader: Following;

    const bus = (): string => {
      const { hostname, port } = new URL(house().base);
      return `${hostname}:${Number(port) + ENGINE_OFFSETS.nats}`;
    };
    const followAs = (who: Login): Following => {
      const over = new AbortController();
      const applied: Event[] = [];
      const begun = new Map<number, number>();
      const copy = {
        begin: async (generation: number) => void begun.set(generation, applied.length),
        apply: async (event: Event) => void applied.push(event),
      };
      const following = follow({ servers: bus(), ...who }, copy, over.signal);
      return {
        applied,
        begun,
        stop: async () => {
          over.abort();
          await following;
        },
      };
    };
    const loginIn = async (title: string): Promise<Login> => {
      const dialog = page.getByRole('dialog', { name: title });
      await dialog.getByText('用户名', { exact: true }).waitFor();
      const [user = '', password = ''] = await dialog.locator('code').allInnerTexts();
      await house().shoot(page, 'partner-login');
      await dialog.getByRole('button', { name: '完成' }).click();
      return { user, password };
    };
    const save = () => page.getByRole('button', { name: '保存', exact: true }).click();
    const enter = async (name: string, source: string) => {
      const { seller } = house().people;
      await seller.post('/v1/leads', { name, source, phones: ['13600001234'], note: '内部备注' });
    };
    const leadOf = (event: Event | undefined) => event?.data['lead'] as Record<string, unknown> | undefined;
    const heard = (what: string, is: (events: Event[]) => boolean) =>
      until(what, PATIENT_MS, async () => is(reader.applied));

    it('is told at once what it may see, and what was told before it came', async () => {
      await enter('来自官网', '合作官网');
      await enter('来自展会', '合作展会');
      page = await house().visit('admin', '/settings/partners');
      await page.getByRole('link', { name: '新建合作系统' }).first().click();
      await page.getByLabel('名称').fill('数据平台');
      await page.getByLabel('联系人').fill('data@example.com');
      await page.getByLabel('历史起点').fill('-30');
      await page.getByRole('button', { name: '添加一类记录' }).click();
      await page.getByRole('option', { name: '线索', exact: true }).click();
      // What a person must not be found by is not ticked by itself.
      expect(await page.getByRole('checkbox', { name: /phones/ }).isChecked()).toBe(false);
      await page.getByRole('checkbox', { name: /note/ }).uncheck();
      await page.getByRole('button', { name: '筛选' }).click();
      await page.getByRole('option', { name: '来源', exact: true }).click();
      await page.getByRole('textbox', { name: '来源' }).fill('合作官网');
      await page.getByText(/合作官网/).waitFor();
      await page.keyboard.press('Escape');
      // What it will get follows what is ticked.
      const preview = page.getByRole('region', { name: '对方收到的样例' });
      await preview.getByText('"name": "Name"').waitFor();
      expect(await preview.innerText()).not.toMatch(/phones|note/);
      await save();
      login = await loginIn('合作系统已创建');
      await page.getByRole('heading', { level: 1, name: '数据平台' }).waitFor();
      reader = followAs(login);
      await heard('what was entered before', (events) =>
        events.some((event) => leadOf(event)?.['name'] === '来自官网'),
      );
      await enter('后来的官网', '合作官网');
      await heard('what was entered since', (events) =>
        events.some((event) => leadOf(event)?.['name'] === '后来的官网'),
      );
      expect(JSON.stringify(reader.applied)).not.toMatch(/13600001234|内部备注|来自展会/);
      await page.getByText('实时', { exact: true }).waitFor({ timeout: 30_000 });
      await house().shoot(page, 'partner');
    });

    it('begins anew when it is to see something else', async () => {
      await page.getByRole('checkbox', { name: /company/ }).uncheck();
      await save();
      await page.getByText('已保存 数据平台').waitFor();
      await until('another beginning', PATIENT_MS, async () => reader.begun.has(2));
      const from = reader.begun.get(2)!;
      await heard('everything again', (events) => events.length >= from + 2);
      expect(reader.applied.slice(from).every((event) => !Object.hasOwn(leadOf(event) ?? {}, 'company'))).toBe(true);
    });

    it('gets in with its new password only, and not at all when it is turned off', async () => {
      await page.getByRole('button', { name: '更换密码' }).click();
      await page.getByRole('dialog').getByRole('button', { name: '继续' }).click();
      const renewed = await loginIn('密码已更换');
      expect(renewed.user).toBe(login.user);
      // Until it is cut off, the connection of the old password reads on: what it took would not come again.
      await reader.stop();
      await enter('换密码之后', '合作官网');
      reader = followAs(renewed);
      await heard('what came meanwhile', (events) => events.some((event) => leadOf(event)?.['name'] === '换密码之后'));
      const beside = await connect({
        servers: bus(),
        user: renewed.user,
        pass: renewed.password,
        inboxPrefix: `_INBOX_${renewed.user}`,
        reconnect: false,
      });
      await page.getByLabel('启用').uncheck();
      await save();
      await page.getByRole('dialog', { name: '停用数据平台？' }).getByRole('button', { name: '继续' }).click();
      await page.getByText('已停用', { exact: true }).waitFor();
      // All its connections are cut off together, within 60 seconds: until then it reads on.
      await beside.closed();
      const before = reader.applied.length;
      await enter('停用之后', '合作官网');
      await reader.stop();
      expect(reader.applied).toHaveLength(before);
      await page.goto('/settings/audit');
      await page
        .getByRole('row', { name: /更换密码.*数据平台/ })
        .first()
        .waitFor();
      await page.context().close();
    });
  });
