import type { Loaded } from './check-settings.ts';
import { type Finding, fail, ok } from './finding.ts';
import type { Telling } from './telling.ts';

const ANSWER_MS = 10_000;
const CHECK = 'accounts';

/** The right over accounts of the homeserver, where one is named: that it still is one, by a question that changes nothing. */
export async function checkAccounts(
  { config, secrets }: Pick<Loaded, 'config' | 'secrets'>,
  { say }: Telling,
): Promise<Finding[]> {
  const token = secrets.homeserverAdminToken;
  if (token === undefined) return [];
  const { homeserver } = config.matrix;
  const status = await ask(`${homeserver}/_synapse/admin/v2/users?limit=1`, token.reveal());
  if (status === 200) return [ok(CHECK, say('accounts.may', { homeserver }))];
  if (status === 401 || status === 403)
    return [fail(CHECK, say('accounts.refused', { homeserver }), say('accounts.refused.fix'))];
  // That it does not answer at all is told where the homeserver is looked at.
  if (status === undefined) return [];
  return [fail(CHECK, say('accounts.odd', { homeserver, status }), say('accounts.odd.fix'))];
}

async function ask(url: string, token: string): Promise<number | undefined> {
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
