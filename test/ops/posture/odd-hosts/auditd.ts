import { GOOD } from '../good-host.ts';
import { added, type OddHosts, swapped } from './odd-host.ts';

/** One rule in the place of another one, by what that begins with. */
const auditing = (rule: string, instead = '-w /etc/kinkeeper -p wa') => swapped('audit-rules', instead, rule);

/** Hosts that are odd about what is recorded. */
export const AUDITD: OddHosts = {
  fails: {
    auditd: [
      ['off', swapped('auditd', 'enabled 1', 'enabled 0')],
      ['nobody listens', swapped('auditd', 'pid 512', 'pid 0')],
      ['not at all', added('audit-rules', '-a never,task')],
      [
        'told not to',
        {
          'audit-rules':
            '-a never,exit -S all -F dir=/srv/kinkeeper/secrets\n-w /etc/ssh -p wa\n-w /etc/kinkeeper -p wa\n',
        },
      ],
      ['told not to, before that', added('audit-rules', '-a never,exit -F dir=/srv/kinkeeper')],
      ['told not to, of a part', added('audit-rules', '-a exit,never -F path=/etc/ssh/sshd_config')],
      ['nothing of it', added('audit-rules', '-a never,exit -F arch=b64 -S all')],
      [
        'only who runs it',
        { 'audit-rules': GOOD['audit-rules'].replaceAll('-p wa', '-p x').replace('perm=r', 'perm=x') },
      ],
      ['no rules', { 'audit-rules': 'No rules\n' }],
      ['at most some', swapped('auditd', 'rate_limit 0', 'rate_limit 1')],
      ...[
        '-a never,exit -F auid>=1000',
        '-a never,exit -F success=0',
        '-a always,exclude -F msgtype=SYSCALL',
        '-a never,exclude -F msgtype=PATH',
        '-a always,exclude -F msgtype>=1300',
        '-a never,filesystem -F fstype=ext4',
      ].map((rule) => [rule, added('audit-rules', rule)] as const),
      ['only who changes its mode', swapped('audit-rules', '-w /etc/ssh -p wa', '-w /etc/ssh -p a')],
      ['nobody who reads', swapped('audit-rules', /^-a .*$/m, '')],
      ['only one person', swapped('audit-rules', 'perm=r -F auid>=1000', 'perm=r -F auid=1004')],
      ['changes by people alone', auditing('-a always,exit -S all -F dir=/etc/kinkeeper -F perm=wa -F auid>=1000')],
      ['what fails alone', auditing('-a always,exit -S all -F dir=/etc/kinkeeper -F perm=wa -F success=0')],
      ['one call', auditing('-a always,exit -S chown -F dir=/etc/kinkeeper')],
      ['the folder that the volume was mounted in', auditing('-w /srv -p wa', '-w /srv/kinkeeper/secrets -p wa')],
      [
        'not our secrets',
        { 'audit-rules': '-w /etc/ssh -p wa -k kinkeeper\n-w /etc/kinkeeper -p wa\n-w /srv/kinkeeper/sec -p wa\n' },
      ],
    ],
  },
  well: [
    ['records that tell nothing', 'auditd', added('audit-rules', '-a always,exclude -F msgtype=CWD')],
    ['a folder above, on the same disk', 'auditd', auditing('-w /etc -p rwxa')],
    ['every act', 'auditd', auditing('-a always,exit -S all -F dir=/etc/kinkeeper -F key=kinkeeper')],
    ['file systems of the kernel', 'auditd', added('audit-rules', '-a never,filesystem -F fstype=tracefs')],
    ['a program that is not recorded', 'auditd', added('audit-rules', '-a never,exit -F exe=/usr/bin/noise')],
  ],
  unclear: [],
};
