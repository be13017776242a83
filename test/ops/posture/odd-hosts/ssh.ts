import { GOOD, perUser, READ_AT, recorded } from '../good-host.ts';
import { added, type Changed, type OddHosts, swapped } from './odd-host.ts';

/** For one more person something else counts: `name value` pairs. */
const users = (...settings: string[]): Changed => {
  const said = settings.reduce(
    (text, line) => text.replace(new RegExp(`^${line.split(' ')[0]} .*$`, 'm'), line),
    GOOD.sshd,
  );
  return { 'sshd-users': `${GOOD['sshd-users']}\n${perUser(said, ['ben'])}` };
};
/** A jail that keeps out, whatever it reads. */
/** What Match blocks say, beside. */
const matches = (...settings: string[]): Changed => ({
  'sshd-matches': `outside authenticationmethods publickey\nmatch\n${settings.join('\n')}\nfiles 2\n`,
});
const called = (options: string): Changed => swapped('sshd-read', 'sshd -D', `sshd ${options}`);
const DEBIAN = recorded('sshd-debian');

/** Hosts that are odd about ways in by SSH. */
export const SSH: OddHosts = {
  fails: {
    'ssh-keys-only': [
      ['Debian as it comes', { sshd: DEBIAN, 'sshd-users': perUser(DEBIAN) }],
      ['a Match block for one person', users('authenticationmethods any', 'passwordauthentication yes')],
      [
        'one way of several without a key',
        users('authenticationmethods publickey password', 'passwordauthentication yes'),
      ],
      ['a Match block for some addresses', matches('authenticationmethods any', 'passwordauthentication yes')],
      ['a Match block that takes answers', matches('challengeresponseauthentication YES', 'authenticationmethods any')],
      [
        'a Match block where no key is asked for',
        {
          sshd: GOOD.sshd.replace(/^authenticationmethods .*$/m, 'authenticationmethods any'),
          'sshd-matches': 'match\npasswordauthentication yes\nfiles 2\n',
        },
      ],
      [
        'keys for those outside, passwords in a block for others',
        { 'sshd-matches': 'match\nauthenticationmethods publickey\nmatch\npasswordauthentication yes\nfiles 2\n' },
      ],
      [
        'a way without a key in one block, passwords in another',
        matches(
          'authenticationmethods password',
          'match',
          'authenticationmethods publickey',
          'passwordauthentication yes',
        ),
      ],
      [
        'of two files one asks for none',
        {
          'sshd-matches': `outside authenticationmethods any\n${matches('passwordauthentication yes')['sshd-matches']}`,
        },
      ],
      ['it runs with options', called('-D -o PasswordAuthentication=yes')],
      ['it runs with another file', called('-D -f /root/other')],
      ['answers by keyboard', users('authenticationmethods any', 'kbdinteractiveauthentication yes')],
    ],
    'ssh-no-root': [
      ['by key', swapped('sshd', 'permitrootlogin no', 'permitrootlogin without-password')],
      ['a Match block for some addresses', matches('permitrootlogin prohibit-password')],
      ['it runs with options', called('-o PermitRootLogin=yes')],
      ['only from some addresses', users('permitrootlogin yes')],
    ],
    'ssh-read': [
      ['called with options', called('-D -p 2222')],
      ['changed a second later', added('sshd-read', `changed=${READ_AT / 1000 - 599}.0`)],
      ['changed since', added('sshd-read', `changed=${READ_AT / 1000 - 5}.5`)],
    ],
    'ssh-limits': [
      ['tries', swapped('sshd', 'maxauthtries 4', 'maxauthtries 6')],
      ['no try', swapped('sshd', 'maxauthtries 4', 'maxauthtries 0')],
      ['time', swapped('sshd', 'logingracetime 60', 'logingracetime 0')],
      ['graphics', swapped('sshd', 'x11forwarding no', 'x11forwarding yes')],
      ['environment', swapped('sshd', 'permituserenvironment no', 'permituserenvironment yes')],
      ['graphics for some', matches('x11forwarding yes')],
      ['tries for some', matches('maxauthtries 20')],
      ['silence about some', matches('loglevel QUIET')],
      ['it runs with options', called('-o MaxAuthTries=99')],
      ['silence', swapped('sshd', 'loglevel VERBOSE', 'loglevel QUIET')],
    ],
    'ssh-algorithms': [
      ['Debian as it comes', { sshd: DEBIAN }],
      ['it runs with options', called('-o Ciphers=aes128-cbc')],
      ['a cipher', swapped('sshd', /^ciphers /m, 'ciphers aes128-cbc,')],
      ['a key exchange', swapped('sshd', /^kexalgorithms /m, 'kexalgorithms diffie-hellman-group14-sha1,')],
      ['a key', swapped('sshd', /^hostkeyalgorithms /m, 'hostkeyalgorithms ssh-dss,')],
      ['an old signature', swapped('sshd', /^hostkeyalgorithms /m, 'hostkeyalgorithms ssh-rsa,')],
    ],
  },
  well: [
    ['changed within the second of its reading', 'ssh-read', added('sshd-read', `changed=${READ_AT / 1000 - 600}.9`)],
    ['passwords in a Match block, behind a key', 'ssh-keys-only', matches('passwordauthentication yes')],
    [
      'a Match block that forbids, and one about something else',
      'ssh-no-root',
      matches('permitrootlogin no', 'x11forwarding yes'),
    ],
    [
      'passwords behind a key, in a block of its own',
      'ssh-keys-only',
      { 'sshd-matches': 'match\nauthenticationmethods publickey,password\npasswordauthentication yes\nfiles 2\n' },
    ],
    ['limits in a Match block', 'ssh-limits', matches('maxauthtries 3', 'loglevel VERBOSE')],
    ['a Match block that forbids', 'ssh-limits', matches('x11forwarding no', 'permitrootlogin yes')],
    [
      'a Match block without passwords',
      'ssh-keys-only',
      matches('authenticationmethods password', 'passwordauthentication no'),
    ],
    [
      'passwords only behind a key',
      'ssh-keys-only',
      users('authenticationmethods publickey,password', 'passwordauthentication yes'),
    ],
  ],
  unclear: [
    ['an Include in a Match block', 'ssh-keys-only', matches('include /etc/ssh/x')],
    ['a setting of no block', 'ssh-no-root', { 'sshd-matches': 'permitrootlogin yes\nfiles 2\n' }],
    ['Match blocks of no file', 'ssh-no-root', { 'sshd-matches': '' }],
  ],
};
