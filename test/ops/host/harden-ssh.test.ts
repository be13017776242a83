import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HardenHost } from './harden-host.ts';

// What is read of the settings of sshd as they lie; whether it obeys, and nobody is locked out, `npm run prove:host -- --only ssh,lockout` shows.

let stage: HardenHost;
beforeEach(() => {
  stage = new HardenHost();
  for (const name of ['sshd', 'ssh', 'ssh-keygen', 'sudo', 'ss', 'ip', 'getent']) stage.host.fake(name, 'exit 0');
});
afterEach(() => stage.remove());

/** The line about exceptions of `verify`. */
async function exceptions(settings: string, others: Readonly<Record<string, string>> = {}): Promise<string> {
  stage.write('etc/ssh/sshd_config', `Include /etc/ssh/sshd_config.d/*.conf\n${settings}`);
  for (const [name, content] of Object.entries(others)) stage.write(`etc/ssh/${name}`, content);
  const { out } = await stage.run('verify', 'ssh');
  return out.split('\n').find((line) => line.includes('\texceptions\t'))!;
}

describe('a Match block that lets in more is found', () => {
  test.each<[string, string, Record<string, string>?]>([
    ['as it is mostly written', 'Match Address 198.51.100.0/24\n  PasswordAuthentication yes\n'],
    ['with an equals sign', 'Match Address 198.51.100.0/24\n  PasswordAuthentication=yes\n'],
    ['with blanks around it', 'match user ada\npasswordauthentication = YES\n'],
    ['in quotes', 'Match User ada\n\tPermitRootLogin\t"yes"\n'],
    ['by its old name', 'Match User ada\nChallengeResponseAuthentication yes\n'],
    ['by one way out of two', 'Match User ada\nAuthenticationMethods publickey password\n'],
    ['in a drop-in', '', { 'sshd_config.d/50.conf': 'Match User ada\nPermitEmptyPasswords yes\n' }],
    [
      'by an Include within it',
      'Match User ada\nInclude more/*.conf\n',
      { 'more/a.conf': 'PasswordAuthentication yes\n' },
    ],
    [
      'by an Include of an Include',
      'Match User ada\nInclude=/etc/ssh/more/a.conf\n',
      { 'more/a.conf': 'Include more/b.conf', 'more/b.conf': 'PasswordAuthentication yes' },
    ],
    [
      'in a file that is included from elsewhere',
      'Include more/a.conf\n',
      { 'more/a.conf': 'Match all\nPermitRootLogin yes' },
    ],
  ])('%s', async (_how, settings, others) => {
    expect(await exceptions(settings, others)).toMatch(/^ssh\tfail\texceptions\tin a Match block: \/etc\/ssh\//);
  });
});

test('what stands for everybody, or forbids, is no exception', async () => {
  const settings = `PasswordAuthentication yes
#Match User ada
Match Group sftp # no more than files
  ForceCommand internal-sftp
  PasswordAuthentication=no
  AuthenticationMethods publickey,password
`;
  // A block ends with the file in which it began.
  const others = {
    'sshd_config.d/10.conf': 'Match User b\nX11Forwarding no\n',
    'sshd_config.d/20.conf': 'PermitRootLogin yes\n',
  };
  expect(await exceptions(settings, others)).toMatch(/^ssh\tpass\texceptions\t/);
});

test('settings that include themselves come to an end', async () => {
  const itself = 'Include /etc/ssh/sshd_config.d/*.conf\n';
  expect(await exceptions('', { 'sshd_config.d/10.conf': itself })).toMatch(/^ssh\tpass\t/);
});
