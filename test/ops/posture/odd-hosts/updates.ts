import { type OddHosts, swapped } from './odd-host.ts';

const ORIGINS = (codename: string) => `Allowed-Origins:: "Debian:${codename}-security";`;

/** Hosts that are odd about what updates itself. */
export const UPDATES: OddHosts = {
  fails: {
    updates: [
      ['no upgrades', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "0"')],
      ['no lists', swapped('apt-periodic', 'Update-Package-Lists "1"', 'Update-Package-Lists ""')],
      ['all off', swapped('apt-periodic', 'Enable "1"', 'Enable "0"')],
      ['nothing set', { 'apt-periodic': '' }],
      [
        'a timer that is off',
        swapped('apt-timers', 'apt-daily-upgrade.timer enabled=enabled', 'apt-daily-upgrade.timer enabled=disabled'),
      ],
      [
        'a timer that is stopped',
        swapped(
          'apt-timers',
          'apt-daily.timer enabled=enabled active=active',
          'apt-daily.timer enabled=enabled active=inactive',
        ),
      ],
      ['no program', swapped('apt-upgrade', 'program\n', '')],
      ['no archive of security', swapped('apt-upgrade', /Unattended-Upgrade::Origins.*\n/, '')],
      ['once a month', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "30"')],
      ['every four days', swapped('apt-periodic', 'Update-Package-Lists "1"', 'Update-Package-Lists "4d"')],
      ['never, in seconds', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "0s"')],
      ['nonsense', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "true"')],
      ['of another version', swapped('apt-upgrade', 'bookworm', 'bullseye')],
      [
        'of another system',
        swapped('apt-upgrade', /Pattern:: .*/, 'Pattern:: "origin=Ubuntu,archive=jammy-security";'),
      ],
      ['of another version, in short', swapped('apt-upgrade', /Origins-Pattern:: .*/, ORIGINS('bullseye'))],
      ['of another version, by its label', swapped('apt-upgrade', 'bookworm-security', 'bullseye')],
      ['of nobody', swapped('apt-upgrade', /Pattern:: .*/, 'Pattern:: "label=security";')],
      ['sshd left out', swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: "openssh";')],
      ['kernels left out', swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: "linux-";')],
      ['some alone', swapped('apt-upgrade', 'end\n', 'Unattended-Upgrade::Package-Whitelist:: "curl";\nend\n')],
      ['on Sundays', swapped('apt-upgrade', 'end\n', 'Unattended-Upgrade::Update-Days:: "Sun";\nend\n')],
      ['sshd held', swapped('apt-upgrade', 'end\n', 'held openssh-server\nend\n')],
      ['a kernel held', swapped('apt-upgrade', 'end\n', 'held linux-image-amd64\nend\n')],
      ['Docker held', swapped('apt-upgrade', 'end\n', 'held docker.io\nend\n')],
      ['all left out', swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: ".*";')],
      [
        'a service that is masked',
        swapped('apt-timers', 'upgrade.service enabled=static', 'upgrade.service enabled=masked'),
      ],
      ['never ran', { 'apt-stamps': '' }],
      ['ran long ago', swapped('apt-stamps', /upgrade-stamp \d+/, 'upgrade-stamp 1700000000')],
    ],
    reboot: [['asked for', { reboot: 'true\n' }]],
  },
  well: [
    ['twice a day', 'updates', swapped('apt-periodic', 'Unattended-Upgrade "1"', 'Unattended-Upgrade "12h"')],
    ['always', 'updates', swapped('apt-periodic', 'Update-Package-Lists "1"', 'Update-Package-Lists "always"')],
    ['an archive in short', 'updates', swapped('apt-upgrade', /Origins-Pattern:: .*/, ORIGINS('bookworm'))],
    [
      'an archive that is filled in',
      'updates',
      // What stands in the file.
      // biome-ignore lint/suspicious/noTemplateCurlyInString: of apt
      swapped('apt-upgrade', /Origins-Pattern:: .*/, 'Allowed-Origins:: "${distro_id}:${distro_codename}-security";'),
    ],
    ['the archive of the stable version', 'updates', swapped('apt-upgrade', 'codename=bookworm', 'archive=stable')],
    [
      'a program that can wait',
      'updates',
      swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: "vim";\nheld postgresql-15'),
    ],
  ],
  unclear: [
    ['a service that is not told of', 'updates', swapped('apt-timers', 'apt-daily.service', 'other.service')],
    ['a pattern that is none', 'updates', swapped('apt-upgrade', /Blacklist .*/, 'Blacklist:: "(";')],
    ['a system without a name', 'updates', { os: 'VERSION_ID="12"\n' }],
    ['settings of apt that end early', 'updates', swapped('apt-upgrade', 'end\n', '')],
    ['a timer that is not told of', 'updates', swapped('apt-timers', 'apt-daily.timer', 'other.timer')],
  ],
};
