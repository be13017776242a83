import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Secret } from '../../config/secret.ts';
import { type Access, accessToken } from '../../core/qdrant/access-token.ts';
import type { Loaded } from './check-settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

const ANSWER_MS = 10_000;
/** Fewer characters than this can be guessed by who has seen a token (it is signed with them). */
const LEAST_KEY = 32;

const about = z.object({ version: z.string().max(40) });

/** Where passages are looked up: that Qdrant answers, asks for a key, and keeps tokens to their collection. Changes nothing there. */
export async function checkIndex({ config, secrets }: Loaded, telling: Telling): Promise<Finding[]> {
  const { store } = config;
  if (store.kind === 'sqlite') return [];
  const key = secrets.storeApiKey!;
  const [version, open, everything, scoped] = await Promise.all([
    ask(`${store.url}/`),
    ask(`${store.url}/collections`),
    ask(`${store.url}/collections`, token(key, 'manage')),
    askForeign(store.url, key),
  ]);
  if (version.status !== 200) {
    const { status, code } = version;
    const says = telling.say('server.away', { what: `Qdrant (${store.url})`, status, code });
    return [fail('index', says, telling.say('index.fix.start'))];
  }
  const read = about.safeParse(version.body);
  const name = telling.say('index.name', { version: read.success ? read.data.version : '', url: store.url });
  return [
    ...checkLocks({ name, open: open.status, everything: everything.status, scoped: scoped.status }, telling),
    ...checkKey(key, telling),
  ];
}

function checkLocks(
  seen: { name: string; open: number; everything: number; scoped: number },
  { say }: Telling,
): Finding[] {
  const { name, open, everything, scoped } = seen;
  if (open === 200) return [fail('index', say('index.open', { name }), say('index.open.fix'))];
  if (everything !== 200)
    return [fail('index', say('index.refuses', { name, status: everything }), say('index.refuses.fix'))];
  if (scoped !== 403) return [fail('index', say('index.loose', { name, status: scoped }), say('index.loose.fix'))];
  return [ok('index', say('index.well', { name }))];
}

function checkKey(key: Secret, { say }: Telling): Finding[] {
  if (key.reveal().length >= LEAST_KEY) return [];
  return [warn('index', say('index.short', { least: LEAST_KEY }), say('index.short.fix'))];
}

/** Asks for one collection with a token of another; neither is there. */
function askForeign(url: string, key: Secret): Promise<Answer> {
  const [own, other] = [0, 1].map(() => `kk_doctor_${randomBytes(6).toString('hex')}`);
  return ask(`${url}/collections/${other}/points/count`, token(key, { collection: own!, may: 'r' }), '{}');
}

function token(key: Secret, access: Access): string {
  return accessToken(key.reveal(), access, Date.now());
}

interface Answer {
  /** 0: no answer. */
  readonly status: number;
  readonly body: unknown;
  /** Of what failed; '' where it does not say. */
  readonly code: string;
}

async function ask(url: string, bearer?: string, body?: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) };
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    const response = await fetch(url, { headers, signal, redirect: 'error', ...(body && { method: 'POST', body }) });
    const text = await response.text();
    return { status: response.status, body: response.ok ? JSON.parse(text) : undefined, code: '' };
  } catch (thrown) {
    const cause = (thrown as { cause?: { code?: unknown } }).cause?.code;
    return { status: 0, body: undefined, code: typeof cause === 'string' ? cause : '' };
  }
}
