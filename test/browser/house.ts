import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions, type Page } from 'playwright-core';
import { findChromium } from '../chromium.mjs';
import { foundEnterprise, PASSWORD, type Employed, type Enterprise } from '../mesh/enterprise.ts';
import { busyness } from '../mesh/person.ts';

/** Git-ignored; the newest run's pictures of every page. */
const SCREENSHOTS = join(import.meta.dirname, '../../screenshots');

/** How soon others see what somebody wrote; the tests share their machine with everything that they test. */
export const FRESH_MS = 2_000 * busyness();
/** For what is not measured: a page, an answer. */
export const PATIENT_MS = 45_000;

type Look = BrowserContextOptions & { theme?: 'light' | 'dark' };

/** An enterprise with its people, and browsers for them. */
export type House = {
  base: string;
  enterprise: Enterprise;
  people: Record<'manager' | 'seller' | 'colleague' | 'analyst', Employed>;
  /** A browser of somebody who is signed in, or of nobody. */
  visit: (who: string | null, path: string, look?: Look) => Promise<Page>;
  shoot: (page: Page, name: string) => Promise<void>;
  /** Every page that is open: what a test stumbled over. */
  shootAll: (name: string) => Promise<void>;
  /** What pages complained about since the last time; nothing, when all is well. */
  complaints: () => string[];
  stop: () => Promise<void>;
};

const ROOM = { viewport: { width: 1366, height: 860 }, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' };

/** A refusal is an answer like others: only what the code of the pages did wrong counts. */
const listenTo = (page: Page, complaints: string[]): void => {
  page.on('pageerror', ({ message }) => complaints.push(`${page.url()}: ${message}`));
  page.on('console', (message) => {
    const refused = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !refused) complaints.push(`${page.url()}: ${message.text()}`);
  });
};

const shoot = async (page: Page, name: string): Promise<void> => {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
};

/** The administrator's form behind the one-time link, as the first person of an enterprise fills it in. */
const foundInBrowser = async (browser: Browser, link: string, complaints: string[]): Promise<void> => {
  const context = await browser.newContext(ROOM);
  context.setDefaultTimeout(PATIENT_MS);
  const page = await context.newPage();
  listenTo(page, complaints);
  await page.goto(link);
  const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);
  await fill('您的姓名', '陈海');
  await fill('账号', 'admin');
  await fill('企业名称', '海蓝集团');
  await fill('新密码', 'password');
  await fill('再次输入新密码', 'password');
  await page.getByRole('button', { name: '保存并登录' }).click();
  await page.getByText(/太短|太常见/).waitFor();
  await shoot(page, 'first-link-refused');
  await fill('新密码', PASSWORD);
  await fill('再次输入新密码', PASSWORD);
  await page.getByRole('button', { name: '保存并登录' }).click();
  await page.getByRole('heading', { level: 1, name: '工作台' }).waitFor();
  await shoot(page, 'first-login');
  await context.close();
};

const hireAll = async (enterprise: Enterprise): Promise<House['people']> => {
  const east = await enterprise.department('华东');
  const south = await enterprise.department('华南');
  const manager = await enterprise.hire('manager', '销售经理', east, { name: '周敏' });
  const seller = await enterprise.hire('seller', '销售', east, { name: '李雷', managerId: manager.id });
  const colleague = await enterprise.hire('colleague', '销售', south, { name: '韩梅梅' });
  const analyst = await enterprise.hire('analyst', '数据分析师', enterprise.rootId, { name: '林涛' });
  return { manager, seller, colleague, analyst };
};

export const openHouse = async (): Promise<House> => {
  const executablePath = findChromium();
  if (!executablePath)
    throw new Error('There is no Chromium: say where it is by CHROMIUM, or run `npm test -- browser`.');
  // Without it the browser saves no file under a Chinese name.
  const env = { ...process.env, LANG: 'C.UTF-8' };
  const browser = await chromium.launch({ executablePath, env, args: ['--no-sandbox'] });
  const complaints: string[] = [];
  const enterprise = await foundEnterprise({
    redeem: (link) => foundInBrowser(browser, link, complaints),
    // A receiver of webhooks that runs beside.
    env: { identity: { WEBHOOK_ALLOW: '127.0.0.1' }, delivery: { WEBHOOK_ALLOW: '127.0.0.1' } },
  });
  const { base } = enterprise;
  const people = await hireAll(enterprise);
  const sessions = new Map<string, Awaited<ReturnType<BrowserContext['storageState']>>>();

  const signIn = async (login: string) => {
    const context = await browser.newContext({ baseURL: base });
    const headers = { origin: base, 'sec-fetch-site': 'same-origin' };
    const answer = await context.request.post('/v1/session', { data: { login, password: PASSWORD }, headers });
    if (!answer.ok()) throw new Error(`${login}: ${answer.status()} ${await answer.text()}`);
    sessions.set(login, await context.storageState());
    await context.close();
  };

  return {
    base,
    enterprise,
    people,
    visit: async (who, path, { theme = 'light', ...look } = {}) => {
      if (who && !sessions.has(who)) await signIn(who);
      const storageState = who ? sessions.get(who) : undefined;
      const context = await browser.newContext({
        ...ROOM,
        ...look,
        baseURL: base,
        colorScheme: theme,
        ...(storageState && { storageState }),
      });
      context.setDefaultTimeout(PATIENT_MS);
      const page = await context.newPage();
      listenTo(page, complaints);
      await page.goto(path);
      return page;
    },
    shoot,
    shootAll: async (name) => {
      const pages = browser.contexts().flatMap((context) => context.pages());
      await Promise.all(pages.map((page, at) => shoot(page, `${name}-${at}`).catch(() => {})));
    },
    complaints: () => complaints.splice(0),
    stop: async () => {
      await browser.close();
      await enterprise.stop();
    },
  };
};
