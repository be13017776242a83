import { failed, type HostLine, harden, hostLine, must, passed, Unclear, valuesOf } from '../line.ts';

const DAY_S = 86_400;
/** A log of logins that nothing was written to for longer is not the one that sshd writes. */
const QUIET_S = 2 * DAY_S;

/** Whether somebody who tries again and again is shut out: a jail that reads nothing bans nobody. */
export const FAIL2BAN_LINES: readonly HostLine[] = [
  hostLine({
    id: 'fail2ban',
    reads: ['fail2ban', 'settings'],
    fix: harden('fail2ban'),
    judge: (said, { at }) => {
      if (said.fail2ban.trim() === 'stopped') return failed('fail2ban.service does not run');
      const jails = jailsIn(said.fail2ban);
      const sshd = jails.get('sshd');
      if (sshd === undefined)
        return failed(jails.size === 0 ? 'no jails' : `no jail sshd, only ${[...jails.keys()].join(', ')}`);
      const idle =
        whyIdle(sshd) ?? whichPortIsOpen(sshd, must(valuesOf(said.settings).get('ssh_port') || undefined, 'ssh_port'));
      if (idle !== undefined) return failed(`the jail sshd: ${idle}`);
      const names = `jails ${[...jails.keys()].join(', ')}`;
      const matches = /^Journal matches:\s*(\S.*)$/m.exec(sshd)?.[1];
      if (matches !== undefined)
        return isHeard(sshd)
          ? passed(`${names}; sshd reads the journal`)
          : failed(`the jail sshd reads the journal of ${matches}, where nothing of sshd is`);
      if (!/^File list:/m.test(sshd)) throw new Unclear('fail2ban-client status sshd: neither a journal nor files');
      const logs = [...sshd.matchAll(/^log (\S+) (\d+) (\d+)$/gm)];
      const isRead = logs.some(([, , written, size]) => Number(size) > 0 && at / 1000 - Number(written) < QUIET_S);
      const files = logs.map(([, file]) => file).join(', ') || 'no file';
      return isRead
        ? passed(`${names}; sshd reads ${files}`)
        : failed(`the jail sshd reads ${files}, which nothing writes`);
    },
  }),
];

/** Why a jail that is there keeps nobody out; undefined where it does. Throws `Unclear` where it does not say. */
function whyIdle(jail: string): string | undefined {
  const told = (name: string) =>
    must(new RegExp(`^${name} (.*)$`, 'm').exec(jail)?.[1], `fail2ban-client get sshd ${name}`);
  const [tries, within, time] = [Number(told('maxretry')), Number(told('findtime')), Number(told('bantime'))];
  if ([tries, within, time].some(Number.isNaN)) throw new Unclear('fail2ban-client get sshd');
  if (told('actions').trim() === '') return 'it does nothing with whom it bans';
  if (tries > MOST_TRIES || (time >= 0 && time < LEAST_S)) return `banned after ${tries} tries for ${time} s`;
  if (within < LEAST_S) return `it counts tries of ${within} s alone`;
  const wide = [...jail.matchAll(/^ignores \/(\S+) (v[46])$/gm)].find(
    ([, length, family]) => Number(length) < WIDEST[family as 'v4' | 'v6'],
  );
  return wide === undefined ? undefined : `it ignores a network of /${wide[1]}`;
}

/** Whether what the jail reads of the journal holds what sshd writes there: from version 9.8 on logins are told by `sshd-session`. */
function isHeard(jail: string): boolean {
  const rows = [...jail.matchAll(/^heard (\S+) written=(yes)? found=(yes)?$/gm)];
  const row = (name: string) =>
    must(
      rows.find(([, one]) => one === name),
      `journalctl -t ${name}`,
    );
  const telling = [row('sshd-session'), row('sshd')].find(([, , written]) => written === 'yes');
  if (telling === undefined) throw new Unclear('the journal has nothing of sshd');
  return telling[3] === 'yes';
}

/** A port of SSH that stays open to whom the jail bans; undefined where each is shut, or an action does not say. */
function whichPortIsOpen(jail: string, sshPorts: string): string | undefined {
  const rows = [...jail.matchAll(/^shuts (\S+) (\S+) (\S+)$/gm)];
  if (rows.length === 0 || rows.some(([, name, kind]) => `${name} ${kind}`.includes('allports'))) return undefined;
  const shut = rows.flatMap(([, , , ports]) => ports!.split(','));
  const open = sshPorts.split(/[ ,]+/).find((port) => port !== '' && !shut.some((one) => holds(one, Number(port))));
  return open === undefined ? undefined : `it shuts ${shut.join(', ')}, and SSH is at ${open}`;
}

/** `22`, `ssh` and `0:65535`, as iptables and nftables have them. */
function holds(ports: string, port: number): boolean {
  if (ports === 'ssh') return port === 22;
  const [first, last] = ports.split(/[:-]/).map(Number);
  return first! <= port && port <= (last ?? first!);
}

const MOST_TRIES = 10;
const LEAST_S = 600;
/** What a house, a VPN or the loopback (127.0.0.0/8) may have. */
const WIDEST = { v4: 8, v6: 32 } as const;

function jailsIn(text: string): Map<string, string> {
  const parts = text.split(/^(?=jail )/m).filter((part) => part.trim() !== '');
  return new Map(
    parts.map((part) => {
      const [, name, rest] = must(/^jail (\S+)\n?([\s\S]*)$/.exec(part), 'fail2ban-client status');
      return [name!, rest!];
    }),
  );
}
