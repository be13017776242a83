import { AppError } from '../../core/errors.ts';

const ANSWER_MS = 30_000;

/**
 * Gives an account another password and ends its devices, by Synapse's admin API
 * (https://element-hq.github.io/synapse/latest/admin_api/user_admin_api.html#reset-password). Throws AppError `unavailable`.
 */
export async function resetPassword(
  homeserver: string,
  { person, password, adminToken }: { readonly person: string; readonly password: string; readonly adminToken: string },
): Promise<void> {
  const response = await ask(`${homeserver}/_synapse/admin/v1/reset_password/${encodeURIComponent(person)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${adminToken}` },
    body: JSON.stringify({ new_password: password, logout_devices: true }),
  });
  if (response?.ok) return;
  throw new AppError(
    'unavailable',
    response === undefined ? `${homeserver} does not answer` : `${homeserver} refused it (status ${response.status})`,
    {
      hint: 'Nothing was changed, as far as is known. `kinkeeper doctor` looks at the homeserver and at the right over accounts.',
    },
  );
}

/** The homeserver's address as it is typed into an app: what it says itself, else the domain of the person. */
export async function publicAddress(homeserver: string, person: string): Promise<string> {
  const response = await ask(`${homeserver}/.well-known/matrix/client`, {});
  const said = (await response?.json().catch(() => undefined)) as
    | { 'm.homeserver'?: { base_url?: unknown } }
    | undefined;
  const base = response?.ok ? said?.['m.homeserver']?.base_url : undefined;
  return typeof base === 'string' ? base.replace(/\/+$/, '') : `https://${person.slice(person.indexOf(':') + 1)}`;
}

/** undefined: no answer. */
async function ask(url: string, init: RequestInit): Promise<Response | undefined> {
  try {
    return await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS) });
  } catch {
    return undefined;
  }
}
