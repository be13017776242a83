import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Secret } from '../../config/secret.ts';
import { type Access, accessToken } from '../../core/qdrant/access-token.ts';
import type { Loaded } from './check-settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const ANSWER_MS = 10_000;
/** Fewer characters than this can be guessed by who has seen a token (it is signed with them). */
const LEAST_KEY = 32;

const about = z.object({ version: z.string().max(40) });

/** Where passages are looked up: that Qdrant answers, asks for a key, and keeps tokens to their collection. Changes nothing there. */
export async function checkIndex({ config, secrets }: Loaded): Promise<Finding[]> {
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
    const fix = 'Start Qdrant, or correct store.url. Until then the sealed files are searched; nothing is lost.';
    return [fail('index', `Qdrant at ${store.url} ${version.problem}`, fix)];
  }
  const read = about.safeParse(version.body);
  const name = `Qdrant ${read.success ? read.data.version : 'of unknown version'} at ${store.url}`;
  return [
    ...checkLocks({ name, open: open.status, everything: everything.status, scoped: scoped.status }),
    ...checkKey(key),
  ];
}

function checkLocks(seen: { name: string; open: number; everything: number; scoped: number }): Finding[] {
  const { name, open, everything, scoped } = seen;
  if (open === 200) {
    return [
      fail(
        'index',
        `${name} lets everybody in`,
        'Set service.api_key and service.jwt_rbac: true in Qdrant, and restart it.',
      ),
    ];
  }
  if (everything !== 200) {
    const fix = 'store.apiKeyFile must hold service.api_key of Qdrant, which must run with service.jwt_rbac: true.';
    return [fail('index', `${name} refuses tokens signed with this key (status ${everything})`, fix)];
  }
  if (scoped !== 403) {
    const fix = 'Set service.jwt_rbac: true in Qdrant, version 1.15 or newer.';
    return [fail('index', `${name} does not keep tokens to their collection (status ${scoped})`, fix)];
  }
  return [ok('index', `${name} answers, asks for a key, and keeps tokens to their collection`)];
}

function checkKey(key: Secret): Finding[] {
  if (key.reveal().length >= LEAST_KEY) return [];
  const fix = 'Give Qdrant and store.apiKeyFile a long random one: openssl rand -hex 32';
  return [warn('index', `the key of Qdrant is shorter than ${LEAST_KEY} characters`, fix)];
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
  /** The end of a sentence. */
  readonly problem: string;
}

async function ask(url: string, bearer?: string, body?: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json', ...(bearer && { authorization: `Bearer ${bearer}` }) };
  const signal = AbortSignal.timeout(ANSWER_MS);
  try {
    const response = await fetch(url, { headers, signal, redirect: 'error', ...(body && { method: 'POST', body }) });
    const text = await response.text();
    const problem = `answers with status ${response.status}`;
    return { status: response.status, body: response.ok ? JSON.parse(text) : undefined, problem };
  } catch (thrown) {
    const cause = (thrown as { cause?: { code?: unknown } }).cause?.code;
    return { status: 0, body: undefined, problem: `does not answer${typeof cause === 'string' ? ` (${cause})` : ''}` };
  }
}
