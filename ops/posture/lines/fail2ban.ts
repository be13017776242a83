import type { Finding } from '../../../core/posture.ts';
import { harden } from '../../fixes/commands.ts';
import { failed, found, type HostLine, hostLine, must, passed, Unclear, valuesOf } from '../line.ts';

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
      if (said.fail2ban.trim() === 'stopped') return failed(found('fail2ban.stopped', {}));
      const jails = jailsIn(said.fail2ban);
      const sshd = jails.get('sshd');
      const names = [...jails.keys()].join(', ');
      if (sshd === undefined)
        return failed(names === '' ? found('fail2ban.no-jails', {}) : found('fail2ban.no-sshd', { jails: names }));
      const idle =
        whyIdle(sshd) ?? whichPortIsOpen(sshd, must(valuesOf(said.settings).get('ssh_port') || undefined, 'ssh_port'));
      if (idle !== undefined) return failed(idle);
      const matches = /^Journal matches:\s*(\S.*)$/m.exec(sshd)?.[1];
      if (matches !== undefined)
        return isHeard(sshd)
          ? passed(found('fail2ban.reads-journal', { jails: names }))
          : failed(found('fail2ban.other-journal', { matches }));
      if (!/^File list:/m.test(sshd)) throw new Unclear(found('fail2ban.reads-neither', {}));
      const logs = [...sshd.matchAll(/^log (\S+) (\d+) (\d+)$/gm)];
      const isRead = logs.some(([, , written, size]) => Number(size) > 0 && at / 1000 - Number(written) < QUIET_S);
      if (logs.length === 0) return failed(found('fail2ban.no-files', {}));
      const files = logs.map(([, file]) => file).join(', ');
      return isRead
        ? passed(found('fail2ban.reads-files', { jails: names, files }))
        : failed(found('fail2ban.dead-files', { files }));
    },
  }),
];

/** Why a jail that is there keeps nobody out; undefined where it does. Throws `Unclear` where it does not say. */
function whyIdle(jail: string): Finding | undefined {
  const told = (name: string) =>
    must(new RegExp(`^${name} (.*)$`, 'm').exec(jail)?.[1], `fail2ban-client get sshd ${name}`);
  const [tries, within, time] = [Number(told('maxretry')), Number(told('findtime')), Number(told('bantime'))];
  if ([tries, within, time].some(Number.isNaN)) throw new Unclear('fail2ban-client get sshd');
  if (told('actions').trim() === '') return found('fail2ban.does-nothing', {});
  if (tries > MOST_TRIES || (time >= 0 && time < LEAST_S)) return found('fail2ban.loose', { tries, seconds: time });
  if (within < LEAST_S) return found('fail2ban.short-window', { seconds: within });
  const wide = [...jail.matchAll(/^ignores \/(\S+) (v[46])$/gm)].find(
    ([, length, family]) => Number(length) < WIDEST[family as 'v4' | 'v6'],
  );
  return wide === undefined ? undefined : found('fail2ban.ignores', { length: wide[1]! });
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
  if (telling === undefined) throw new Unclear(found('fail2ban.silent-journal', {}));
  return telling[3] === 'yes';
}

/** A port of SSH that stays open to whom the jail bans; undefined where each is shut, or an action does not say. */
function whichPortIsOpen(jail: string, sshPorts: string): Finding | undefined {
  const rows = [...jail.matchAll(/^shuts (\S+) (\S+) (\S+)$/gm)];
  if (rows.length === 0 || rows.some(([, name, kind]) => `${name} ${kind}`.includes('allports'))) return undefined;
  const shut = rows.flatMap(([, , , ports]) => ports!.split(','));
  const open = sshPorts.split(/[ ,]+/).find((port) => port !== '' && !shut.some((one) => holds(one, Number(port))));
  return open === undefined ? undefined : found('fail2ban.port-open', { ports: shut.join(', '), port: open });
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
