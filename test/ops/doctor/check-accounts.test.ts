import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../config/secret.ts';
import { checkAccounts } from '../../../ops/doctor/check-accounts.ts';
import { AdminServer } from '../../bot/admin-server.ts';
import { TELLING } from './telling.ts';

let server: AdminServer;
beforeEach(async () => {
  server = await AdminServer.start();
});
afterEach(() => server.stop());

const check = (token: string | undefined, homeserver = server.url) =>
  checkAccounts(
    {
      config: { matrix: { homeserver } },
      secrets: { homeserverAdminToken: token === undefined ? undefined : new Secret(token) },
    } as unknown as Parameters<typeof checkAccounts>[0],
    TELLING,
  );

test('a right over accounts is looked at where there is one, and nothing is changed', async () => {
  expect(await check(undefined)).toEqual([]);
  expect(server.asked).toEqual([]);
  expect(await check(server.token)).toEqual([expect.objectContaining({ check: 'accounts', status: 'ok' })]);
  expect(server.asked).toEqual(['GET /_synapse/admin/v2/users']);
});

test('a token that is over, and a server that keeps its admin API back, are failures with a next step', async () => {
  for (const [token, url, says] of [
    ['an old one', server.url, /refuses the token/],
    [server.token, `${server.url}/proxy`, /status 404/],
  ] as const) {
    const [finding] = await check(token, url);
    expect(finding).toMatchObject({ status: 'fail', says: expect.stringMatching(says) });
    expect(finding?.fix).toBeTruthy();
    expect(JSON.stringify(finding)).not.toContain(token);
  }
});
