import { harden } from '../../fixes/commands.ts';
import {
  asRead,
  failed,
  found,
  type HostLine,
  hostLine,
  isAccountName,
  linesOf,
  must,
  passed,
  Unclear,
  unlessAny,
  valuesOf,
} from '../line.ts';

/** Values of the kernel that each may have; '' is one that this kernel does not know. */
const KERNEL: Readonly<Record<string, readonly string[]>> = {
  'kernel.randomize_va_space': ['2'],
  'kernel.kptr_restrict': ['1', '2'],
  'kernel.dmesg_restrict': ['1'],
  'kernel.yama.ptrace_scope': ['1', '2', '3'],
  'fs.protected_symlinks': ['1'],
  'fs.protected_hardlinks': ['1'],
  'fs.suid_dumpable': ['0'],
  'net.ipv4.tcp_syncookies': ['1', '2'],
  'net.ipv4.conf.all.accept_redirects': ['0'],
  'net.ipv4.conf.all.send_redirects': ['0'],
  'net.ipv4.conf.all.accept_source_route': ['0'],
  'net.ipv6.conf.all.accept_redirects': ['0', ''],
  'net.ipv6.conf.all.accept_source_route': ['0', '-1', ''],
};

/** `ipv4 eth0 accept_redirects=0`: of one interface. */
const OF_INTERFACES = /^(ipv[46]) (\S+) (\w+)=(-?\d+)$/gm;

/** What remains of the host: its clock, its kernel, its accounts. */
export const HOST_LINES: readonly HostLine[] = [
  hostLine({
    id: 'time',
    reads: ['time'],
    fix: harden('time'),
    judge: (said) => {
      const values = valuesOf(said.time);
      const value = values.get('synchronised');
      if (value === 'no') return failed(asRead('NTPSynchronized=no'));
      if (value !== 'yes') throw new Unclear('timedatectl');
      const keeper = values.get('keeper');
      return keeper === undefined ? failed(found('time.nobody', {})) : passed(found('time.kept', { keeper }));
    },
  }),
  hostLine({
    id: 'kernel',
    reads: ['sysctl'],
    fix: harden('sysctl'),
    judge: (said) => {
      const values = valuesOf(said.sysctl.replace(OF_INTERFACES, ''));
      const byInterface = [...said.sysctl.matchAll(OF_INTERFACES)];
      if (byInterface.length === 0) throw new Unclear('sysctl of interfaces');
      const wrong = Object.entries(KERNEL).flatMap(([name, good]) => {
        const value = must(values.get(name), `sysctl ${name}`);
        return good.includes(value) ? [] : [`${name}=${value}`];
      });
      const loose = byInterface.filter(([, , , , value]) => Number(value) > 0).map(([line]) => line);
      const count = Object.keys(KERNEL).length + byInterface.length;
      return unlessAny([...wrong, ...loose].map(asRead), found('kernel.well', { count }));
    },
  }),
  hostLine({
    id: 'accounts',
    reads: ['passwd', 'no-passwords'],
    fix: () => 'passwd -l NAME',
    judge: (said) => {
      const rows = linesOf(said.passwd).map((line) => line.split(':'));
      if (!rows.some(([name, , uid]) => name === 'root' && uid === '0'))
        throw new Unclear(found('accounts.no-root', {}));
      const shadow = linesOf(said['no-passwords']);
      if (!/^read [1-9]\d*$/.test(shadow.at(-1) ?? '')) throw new Unclear('shadow');
      const namesOf = (isWrong: (row: readonly string[]) => boolean) => rows.filter(isWrong).map(([name]) => name!);
      const rootToo = namesOf(([name, , uid]) => uid === '0' && name !== 'root');
      // What stands in passwd itself counts before anything of shadow: nothing at all lets in whoever comes.
      const open = [...namesOf(([, password]) => password === ''), ...shadow.slice(0, -1)];
      const shown = namesOf(([, password]) => password !== '' && !/^(x$|[*!])/.test(password ?? ''));
      const wrong = [
        ...rootToo.map((name) => found('account.root-too', { name })),
        ...open.map((name) => found('account.no-password', { name })),
        ...shown.map((name) => found('account.password-shown', { name })),
      ];
      const judged = unlessAny(wrong, found('accounts.well', { count: rows.length }));
      return wrong.length === 0 ? judged : { ...judged, fix: () => closeAccounts({ rootToo, open, shown }) };
    },
  }),
];

/** Another root has to lose its number, by hand; a password in passwd moves to shadow. */
function closeAccounts(names: Readonly<Record<'rootToo' | 'open' | 'shown', readonly string[]>>): string {
  return (
    [
      ...names.open.filter(isAccountName).map((name) => `passwd -l ${name}`),
      ...(names.shown.length > 0 ? ['pwconv'] : []),
      ...(names.rootToo.length > 0 ? ['vipw'] : []),
    ].join(' && ') || 'passwd -l NAME'
  );
}
