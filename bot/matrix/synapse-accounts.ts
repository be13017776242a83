import { MatrixClient } from 'matrix-bot-sdk';
import type { PersonId } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import type { Account, Accounts } from '../accounts.ts';
import { objectField } from './events.ts';
import { HomeserverError, translateError } from './homeserver-error.ts';

const TIMEOUT_MS = 60_000;
const WRONG_NAME: ReadonlySet<string> = new Set(['M_INVALID_USERNAME', 'M_EXCLUSIVE']);

type Method = 'GET' | 'PUT' | 'POST';
type Json = Readonly<Record<string, unknown>>;

/**
 * `Accounts` by the admin API of Synapse (https://element-hq.github.io/synapse/latest/admin_api/user_admin_api.html). The token opens far
 * more than is done here, so it is held by this client alone, apart from the one that speaks as the bot.
 */
export class SynapseAccounts implements Accounts {
  readonly #client: MatrixClient;

  constructor(url: string, token: string) {
    this.#client = new MatrixClient(url.replace(/\/+$/, ''), token);
  }

  async find(person: PersonId): Promise<Account | undefined> {
    const path = `/v2/users/${encodeURIComponent(person)}`;
    try {
      const { admin, deactivated } = await this.#ask('GET', path);
      const { total } = await this.#ask('GET', `${path}/devices`);
      return { isAdmin: admin === true || admin === 1, isClosed: deactivated === true, devices: Number(total) };
    } catch (thrown) {
      if (thrown instanceof HomeserverError && thrown.errcode === 'M_NOT_FOUND') return undefined;
      throw thrown;
    }
  }

  async make(person: PersonId, password: string): Promise<void> {
    try {
      await this.#ask('PUT', `/v2/users/${encodeURIComponent(person)}`, { password, admin: false });
    } catch (thrown) {
      if (!(thrown instanceof HomeserverError) || !WRONG_NAME.has(thrown.errcode)) throw thrown;
      throw new AppError('invalid', 'the homeserver allows no account of this name', {
        reason: 'account-name',
        facts: { person },
        cause: thrown,
      });
    }
  }

  async reset(person: PersonId, password: string): Promise<void> {
    const body = { new_password: password, logout_devices: true };
    await this.#ask('POST', `/v1/reset_password/${encodeURIComponent(person)}`, body);
  }

  async close(person: PersonId): Promise<void> {
    await this.#ask('POST', `/v1/deactivate/${encodeURIComponent(person)}`, { erase: false });
  }

  async address(): Promise<string | undefined> {
    try {
      const answer: unknown = await this.#client.doRequest('GET', '/.well-known/matrix/client', null, null, TIMEOUT_MS);
      const url = objectField(answer as Json, 'm.homeserver')?.base_url;
      return typeof url === 'string' && /^https?:\/\/[^\s/]+\/?$/.test(url) ? url.replace(/\/$/, '') : undefined;
    } catch (thrown) {
      const error = translateError(thrown, 'its own address');
      if (error.status === 404 || !error.transient) return undefined;
      throw error;
    }
  }

  async #ask(method: Method, path: string, body: Json | null = null): Promise<Json> {
    try {
      return await this.#client.doRequest(method, `/_synapse/admin${path}`, null, body, TIMEOUT_MS);
    } catch (thrown) {
      const error = translateError(thrown, 'an account');
      // A path that is not there at all: no Synapse, or something in front of it that keeps its admin API to itself.
      const isElsewhere = error.errcode === 'M_UNRECOGNIZED' || (error.status === 404 && error.errcode === '');
      if (!isElsewhere && error.errcode !== 'M_FORBIDDEN' && error.status !== 401) throw error;
      throw new AppError('forbidden', 'the homeserver lets nobody with this token see to accounts', {
        reason: 'account-right',
        cause: error,
      });
    }
  }
}
