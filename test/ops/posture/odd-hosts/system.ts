import { GOOD } from '../good-host.ts';
import { added, type OddHosts, swapped } from './odd-host.ts';

/** Hosts that are odd about clock, kernel and accounts. */
export const SYSTEM: OddHosts = {
  fails: {
    time: [
      ['not', { time: 'synchronised=no\nkeeper=chrony\n' }],
      ['nobody keeps it', { time: 'synchronised=yes\n' }],
    ],
    kernel: [
      ['a value', swapped('sysctl', 'kernel.kptr_restrict=1', 'kernel.kptr_restrict=0')],
      ['one interface', swapped('sysctl', 'ipv4 eth0 accept_redirects=0', 'ipv4 eth0 accept_redirects=1')],
      ['one that is missing', swapped('sysctl', 'kernel.yama.ptrace_scope=1', 'kernel.yama.ptrace_scope=')],
    ],
    accounts: [
      ['a second root', added('passwd', 'toor:x:0:0::/root:/bin/sh')],
      ['a second root of another name', added('passwd', 'backup2:x:0:1000::/home/b:/bin/sh')],
      ['no password', { 'no-passwords': 'guest\nread 26\n' }],
      ['no password, in the other file', swapped('passwd', 'ada:x:', 'ada::')],
      ['a password for all to read', swapped('passwd', 'ada:x:', 'ada:$y$j9T$a$b:')],
    ],
  },
  well: [['no IPv6', 'kernel', { sysctl: GOOD.sysctl.replace(/(net\.ipv6[^=]*)=0/g, '$1=') }]],
  unclear: [['no interfaces', 'kernel', swapped('sysctl', /^ipv. .*\n?/gm, '')]],
};
