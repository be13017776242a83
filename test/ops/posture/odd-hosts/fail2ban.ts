import { READ_AT } from '../good-host.ts';
import { type OddHosts, swapped } from './odd-host.ts';

/** A jail that keeps out, whatever it reads. */
const JAIL = 'jail sshd\nmaxretry 5\nfindtime 600\nbantime 3600\nactions nftables\n';

/** Hosts that are odd about whom fail2ban keeps out. */
export const FAIL2BAN: OddHosts = {
  fails: {
    fail2ban: [
      ['stopped', { fail2ban: 'stopped\n' }],
      ['no jails', { fail2ban: '' }],
      ['too many tries', swapped('fail2ban', 'maxretry 5', 'maxretry 11')],
      ['too short', swapped('fail2ban', 'bantime 3600', 'bantime 599')],
      ['no action', swapped('fail2ban', 'actions nftables', 'actions ')],
      ['everybody is left out', swapped('fail2ban', 'ignores /8 v4', 'ignores /8 v4\nignores /0 v4')],
      ['half of IPv6 is left out', swapped('fail2ban', 'ignores /8 v4', 'ignores /1 v6')],
      [
        'the journal of a unit that is not there',
        swapped('fail2ban', 'sshd written=yes found=yes', 'sshd written=yes found='),
      ],
      [
        'the journal of the one that only listens',
        swapped('fail2ban', 'sshd-session written= found=', 'sshd-session written=yes found='),
      ],
      ['tries of a second', swapped('fail2ban', 'findtime 600', 'findtime 1')],
      ['another port', swapped('settings', 'ssh_port=22', 'ssh_port=2222')],
      ['one of two ports', swapped('settings', 'ssh_port=22', 'ssh_port=22 2222')],
      [
        'a port by its name',
        {
          ...swapped('fail2ban', 'multiport 22', 'multiport ssh'),
          ...swapped('settings', 'ssh_port=22', 'ssh_port=23'),
        },
      ],
      ['none for SSH', swapped('fail2ban', 'jail sshd', 'jail recidive')],
      ['a log that is not there', { fail2ban: `${JAIL}File list:\t/var/log/auth.log\nlog /var/log/auth.log 0 0\n` }],
      ['no log at all', { fail2ban: `${JAIL}File list:\t\n` }],
      ['a log that is empty', { fail2ban: `${JAIL}File list:\t/a\nlog /a ${READ_AT / 1000 - 60} 0\n` }],
      ['a log that is old', { fail2ban: `${JAIL}File list:\t/a\nlog /a ${READ_AT / 1000 - 400_000} 9\n` }],
    ],
  },
  well: [
    ['every port', 'fail2ban', swapped('fail2ban', 'multiport 22', 'multiport 0:65535')],
    ['every port by its kind', 'fail2ban', swapped('fail2ban', 'multiport 22', 'allports 23')],
    ['a port by its name', 'fail2ban', swapped('fail2ban', 'multiport 22', 'multiport http,ssh')],
    ['an action that does not say', 'fail2ban', swapped('fail2ban', 'shuts nftables multiport 22\n', '')],
    [
      'logins of a newer sshd',
      'fail2ban',
      swapped('fail2ban', 'sshd-session written= found=', 'sshd-session written=yes found=yes'),
    ],
    ['banned for ever', 'fail2ban', swapped('fail2ban', 'bantime 3600', 'bantime -1')],
    [
      'a log of logins that is written',
      'fail2ban',
      { fail2ban: `${JAIL}File list:\t/var/log/auth.log\nlog /var/log/auth.log ${READ_AT / 1000 - 60} 4000\n` },
    ],
  ],
  unclear: [
    ['a journal without sshd', 'fail2ban', swapped('fail2ban', 'sshd written=yes found=yes', 'sshd written= found=')],
    ['a journal that nobody asked', 'fail2ban', swapped('fail2ban', /heard .*\n/g, '')],
    ['a jail that does not say', 'fail2ban', swapped('fail2ban', 'maxretry 5\n', '')],
  ],
};
