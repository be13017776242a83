import { type Answer, type Asked, type Json, StandInServer } from './stand-in-server.ts';

/** An account as the server has it. */
export interface AdminAccount {
  password: string;
  admin: boolean;
  deactivated: boolean;
  devices: number;
}

/**
 * The part of Synapse's admin API that sees to accounts, on real HTTP, as the real one answers (test/e2e/people.test.ts uses that). `trouble`:
 * what it does at the next request that changes something; `hangs-after` has done it, and answers nobody.
 */
export class AdminServer extends StandInServer {
  readonly token = 'syt_token_of_an_administrator';
  readonly accounts = new Map<string, AdminAccount>();
  /** Method and what is asked for, in order. */
  readonly asked: string[] = [];
  publicUrl: string | undefined = 'https://matrix.home.test/';
  /** As Synapse with `limit_profile_requests_to_users_who_share_rooms`. */
  hidesProfiles = false;
  trouble: 'hangs-after' | 'limits' | 'refuses-name' | undefined;
  /** From now on the n-th request of any kind gets no answer: `isDone` says whether what it asks for happens all the same. */
  dead: { requests: number; isDone: boolean } | undefined;
  /** Told when a request got no answer by `dead`. */
  onDead = () => {};

  static start(): Promise<AdminServer> {
    return new AdminServer().open();
  }

  protected answer({ method, path, token, body }: Asked): Answer | undefined {
    const what = `${method} ${path}`;
    this.asked.push(what);
    const isAllowed = token === this.token;
    const trouble = method === 'GET' ? undefined : this.trouble;
    if (trouble !== undefined) this.trouble = undefined;
    if (this.dead && --this.dead.requests === 0) {
      if (this.dead.isDone) this.#answer(what, body, isAllowed);
      this.dead = undefined;
      this.onDead();
      return undefined;
    }
    if (trouble === 'limits') return [429, { errcode: 'M_LIMIT_EXCEEDED', retry_after_ms: 10 }];
    if (trouble === 'refuses-name') return [400, { errcode: 'M_INVALID_USERNAME', error: 'no' }];
    const answer = this.#answer(what, body, isAllowed);
    return trouble === 'hangs-after' ? undefined : answer;
  }

  #answer(what: string, body: Json, isAllowed: boolean): Answer {
    if (what === 'GET /.well-known/matrix/client')
      return this.publicUrl === undefined
        ? [404, { errcode: 'M_NOT_FOUND' }]
        : [200, { 'm.homeserver': { base_url: this.publicUrl } }];
    const profile = /^GET \/_matrix\/client\/v3\/profile\/(.+)$/.exec(what)?.[1];
    if (profile !== undefined && this.hidesProfiles) return [403, { errcode: 'M_FORBIDDEN', error: 'no' }];
    if (profile !== undefined)
      return this.accounts.has(profile) ? [200, {}] : [404, { errcode: 'M_UNKNOWN', error: 'No row found (profiles)' }];
    if (!/^\w+ \/_synapse\//.test(what)) return [404, { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' }];
    if (!isAllowed) return [401, { errcode: 'M_UNKNOWN_TOKEN', error: 'no' }];
    if (what === 'GET /_synapse/admin/v2/users') return [200, { users: [], total: this.accounts.size }];
    const [, act = '', person = '', more = ''] =
      /^(\w+ \/_synapse\/admin\/v[12]\/\w+)\/(@[^/]+)(\/devices)?$/.exec(what) ?? [];
    const account = this.accounts.get(person);
    if (act === 'PUT /_synapse/admin/v2/users') {
      const fresh = { admin: body.admin === true, deactivated: false, devices: 0 };
      this.accounts.set(person, { ...(account ?? fresh), password: String(body.password) });
      return [account === undefined ? 201 : 200, {}];
    }
    if (account === undefined) return [404, { errcode: 'M_NOT_FOUND', error: 'User not found' }];
    if (more === '/devices') return [200, { devices: [], total: account.devices }];
    if (act === 'GET /_synapse/admin/v2/users')
      return [200, { name: person, admin: account.admin, deactivated: account.deactivated }];
    if (act === 'POST /_synapse/admin/v1/reset_password')
      Object.assign(account, { password: body.new_password, ...(body.logout_devices === true && { devices: 0 }) });
    else if (act === 'POST /_synapse/admin/v1/deactivate') Object.assign(account, { deactivated: true, devices: 0 });
    else return [404, { errcode: 'M_UNRECOGNIZED', error: 'Unrecognized request' }];
    return [200, {}];
  }
}
