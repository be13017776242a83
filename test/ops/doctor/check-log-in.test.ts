import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../config/secret.ts';
import { checkLogIn } from '../../../ops/doctor/check-log-in.ts';
import { listen } from '../../listen.ts';
import { TELLING } from './telling.ts';

interface Answer {
  readonly status: number;
  readonly body: object;
}
const OPEN: Answer = { status: 200, body: { user_id: '@kin:home.test', access_token: 'token' } };
const REFUSED: Answer = { status: 403, body: { errcode: 'M_FORBIDDEN' } };
const KEYS: Answer = { status: 200, body: { server_name: 'home.test' } };

/** What the doctor finds at a homeserver that answers so; and what that was asked. */
async function found(
  answers: Readonly<Record<string, Answer>>,
  { userId = '@kin:home.test', adminToken }: { readonly userId?: string; readonly adminToken?: string } = {},
) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const name = request.url!.split('/').at(-1)!;
    asked.push(name);
    const { status, body } = answers[name] ?? { status: 404, body: {} };
    response.writeHead(status).end(JSON.stringify(body));
  });
  onTestFinished(() => void server.close());
  const findings = await checkLogIn(
    {
      config: { matrix: { homeserver: `http://127.0.0.1:${await listen(server)}`, userId } },
      secrets: {
        matrixPassword: new Secret('hunter2'),
        homeserverAdminToken: adminToken === undefined ? undefined : new Secret(adminToken),
      },
    } as unknown as Parameters<typeof checkLogIn>[0],
    TELLING,
  );
  expect(JSON.stringify(findings)).not.toContain('hunter2');
  return { asked, findings };
}

test('a password that opens the account is well, and the device that it took is ended', async () => {
  const { asked, findings } = await found({ login: OPEN, logout: { status: 200, body: {} } });
  expect(findings).toMatchObject([{ status: 'ok' }]);
  expect(asked).toEqual(['login', 'logout']);
});

test.each([
  {
    wrong: 'a password',
    answers: { login: REFUSED, server: KEYS },
    says: 'does not take the password of @kin:home.test',
  },
  {
    wrong: 'a domain',
    answers: { login: REFUSED, server: KEYS },
    who: { userId: '@kin:wrong.example' },
    says: 'is the server of home.test, and matrix.userId is of wrong.example',
  },
  {
    wrong: 'a domain, at a server that shows no keys',
    answers: { login: REFUSED, whoami: { status: 200, body: { user_id: '@kin-accounts:home.test' } } },
    who: { userId: '@kin:wrong.example', adminToken: 'admin' },
    says: 'is the server of home.test',
  },
  {
    wrong: 'another account',
    answers: { login: OPEN },
    who: { userId: '@bot:home.test' },
    says: 'opens @kin:home.test',
  },
])('$wrong that is wrong is a failure', async ({ answers, who, says }) => {
  const { findings } = await found(answers, who);
  expect(findings).toMatchObject([{ check: 'log-in', status: 'fail', says: expect.stringContaining(says) }]);
});

test('a server that wants a pause is no failure; one that does not answer is told elsewhere', async () => {
  const limited: Answer = { status: 429, body: { retry_after_ms: 333_000 } };
  expect((await found({ login: limited })).findings).toMatchObject([
    { status: 'warn', fix: 'Look again in 6 minutes.' },
  ]);
  expect((await found({})).findings).toEqual([]);
});
