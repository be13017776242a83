import type { Loaded } from './check-settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

const ANSWER_MS = 10_000;
const CHECK = 'log-in';

/**
 * Whether the password opens the account that the settings name: the bot is logged in as a device without keys, which is ended at once. A bot
 * that runs does not notice a wrong one before it needs it. Nothing where the server does not answer; that is told elsewhere.
 */
export async function checkLogIn(
  { config, secrets }: Pick<Loaded, 'config' | 'secrets'>,
  telling: Telling,
): Promise<Finding[]> {
  const { say } = telling;
  const { homeserver, userId } = config.matrix;
  if (secrets.matrixPassword === undefined) return [];
  const answer = await call(`${homeserver}/_matrix/client/v3/login`, {
    body: {
      type: 'm.login.password',
      identifier: { type: 'm.id.user', user: userId },
      password: secrets.matrixPassword.reveal(),
      initial_device_display_name: 'kinkeeper doctor',
    },
  });
  const { user_id: who, access_token: token } = answer?.body ?? {};
  if (answer?.status === 200 && typeof token === 'string') {
    await call(`${homeserver}/_matrix/client/v3/logout`, { body: {}, token });
    if (who === userId) return [ok(CHECK, say('log-in.opens', { user: userId }))];
    return [fail(CHECK, say('log-in.other', { other: String(who), user: userId }), say('log-in.other.fix'))];
  }
  if (answer?.status === 429)
    return [warn(CHECK, say('log-in.often'), say('log-in.often.fix', { minutes: minutes(answer.body) }))];
  return answer?.status === 403 ? [await refused(config.matrix, secrets.homeserverAdminToken?.reveal(), telling)] : [];
}

async function refused(
  { homeserver, userId }: Loaded['config']['matrix'],
  adminToken: string | undefined,
  { say }: Telling,
): Promise<Finding> {
  const domain = await domainOf(homeserver, adminToken);
  const own = userId.slice(userId.indexOf(':') + 1);
  if (domain !== undefined && domain !== own)
    return fail(CHECK, say('log-in.domain', { homeserver, domain, own }), say('log-in.domain.fix'));
  return fail(CHECK, say('log-in.wrong', { homeserver, user: userId }), say('log-in.wrong.fix'));
}

/** As the server names itself; undefined: nobody here may ask. */
async function domainOf(homeserver: string, adminToken: string | undefined): Promise<string | undefined> {
  const keys = await call(`${homeserver}/_matrix/key/v2/server`, {});
  if (typeof keys?.body.server_name === 'string') return keys.body.server_name;
  if (adminToken === undefined) return undefined;
  const who = (await call(`${homeserver}/_matrix/client/v3/account/whoami`, { token: adminToken }))?.body.user_id;
  return typeof who === 'string' ? who.slice(who.indexOf(':') + 1) : undefined;
}

/** 0: it does not say. */
function minutes({ retry_after_ms: ms }: Readonly<Record<string, unknown>>): number {
  return typeof ms === 'number' ? Math.ceil(ms / 60_000) : 0;
}

async function call(url: string, { body, token }: { readonly body?: object; readonly token?: string }) {
  try {
    const response = await fetch(url, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer: unknown = await response.json().catch(() => ({}));
    return { status: response.status, body: (answer ?? {}) as Readonly<Record<string, unknown>> };
  } catch {
    return undefined;
  }
}
