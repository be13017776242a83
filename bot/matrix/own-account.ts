import type { Homeserver, Session } from './homeserver.ts';
import { HomeserverError } from './homeserver-error.ts';

const PASSWORD_STAGE = 'm.login.password';
const PATH = '/client/v3/account/password';

/** Why a homeserver changes no password: that is turned off there, by a password alone it does not believe us, or it wants another one. */
export type PasswordRefusal = 'off' | 'not-by-password' | 'too-weak';

/** The homeserver will not change the password, whoever asks again. */
export class PasswordRefused extends Error {
  readonly why: PasswordRefusal;

  constructor(why: PasswordRefusal, cause?: unknown) {
    super(`the homeserver changes no password (${why})`, { cause });
    this.name = 'PasswordRefused';
    this.why = why;
  }
}

/** Logs in as the device that the session is of, which stays as it is; undefined when the password is not right. Throws HomeserverError for anything else. */
export async function logInAgain(
  homeserver: Homeserver,
  { userId, deviceId }: Session,
  password: string,
): Promise<Session | undefined> {
  try {
    const session = await homeserver.login(userId, password, deviceId);
    if (session.userId === userId && session.deviceId === deviceId) return session;
  } catch (thrown) {
    if (thrown instanceof HomeserverError && thrown.errcode === 'M_FORBIDDEN') return undefined;
    throw thrown;
  }
  throw new Error('the homeserver logged us in as another device than the one that was named');
}

/** Whether the homeserver shows keys of this device: one that was deleted and made anew by a login has none. */
export async function hasDeviceKeys(homeserver: Homeserver, { userId, deviceId }: Session): Promise<boolean> {
  const answer = await homeserver.call<{ device_keys?: Record<string, Record<string, unknown>> }>(
    'POST',
    '/client/v3/keys/query',
    { body: { device_keys: { [userId]: [] } } },
  );
  return answer.device_keys?.[userId]?.[deviceId] !== undefined;
}

/** How many devices the account has. */
export async function countDevices(homeserver: Homeserver): Promise<number> {
  const { devices } = await homeserver.call<{ devices?: unknown }>('GET', '/client/v3/devices');
  return Array.isArray(devices) ? devices.length : 0;
}

/** Looks whether the homeserver lets us change our password, and changes nothing. Throws PasswordRefused or HomeserverError. */
export async function requirePasswordChange(homeserver: Homeserver): Promise<void> {
  const { capabilities } = await homeserver.call<{ capabilities?: Record<string, { enabled?: unknown }> }>(
    'GET',
    '/client/v3/capabilities',
  );
  if (capabilities?.['m.change_password']?.enabled === false) throw new PasswordRefused('off');
  try {
    // Without a new password nothing can be changed, even where the server asks for no proof.
    await homeserver.call('POST', PATH, { body: { logout_devices: true } });
  } catch (thrown) {
    if (!(thrown instanceof HomeserverError) || thrown.transient) throw thrown;
    if (thrown.interactive !== undefined) return requirePasswordFlow(thrown);
    if (thrown.errcode !== 'M_MISSING_PARAM') throw new PasswordRefused('off', thrown);
  }
}

function requirePasswordFlow({ interactive }: HomeserverError): void {
  const isEnough = interactive?.flows.some((stages) => stages.length === 1 && stages[0] === PASSWORD_STAGE);
  if (!isEnough) throw new PasswordRefused('not-by-password');
}

/**
 * Gives the account a new password and ends every session but the device that asks with this token: other devices, and other tokens of
 * this device. May be repeated. Throws PasswordRefused, or HomeserverError: then nobody knows whether it was done, where that is transient.
 */
export async function changePassword(
  homeserver: Homeserver,
  change: { readonly userId: string; readonly old: string; readonly next: string },
): Promise<void> {
  const body = { new_password: change.next, logout_devices: true };
  const asked = await tried(homeserver, body);
  if (asked === undefined) return;
  const identifier = { type: 'm.id.user', user: change.userId };
  const auth = { type: PASSWORD_STAGE, identifier, password: change.old, session: asked };
  if ((await tried(homeserver, { ...body, auth })) !== undefined) throw new PasswordRefused('not-by-password');
}

/** The session in which the server wants a proof; undefined once it has done what was asked. */
async function tried(homeserver: Homeserver, body: object): Promise<string | undefined> {
  try {
    await homeserver.call('POST', PATH, { body });
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof HomeserverError) || thrown.transient) throw thrown;
    if (thrown.interactive !== undefined) return thrown.interactive.session;
    throw new PasswordRefused(/WEAK|PASSWORD/.test(thrown.errcode) ? 'too-weak' : 'off', thrown);
  }
}
