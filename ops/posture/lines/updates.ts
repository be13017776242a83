import { failed, type HostLine, harden, hostLine, linesOf, passed, Unclear, unlessAny } from '../line.ts';

const DAY_MS = 86_400_000;
const LATEST_MS = 3 * DAY_MS;

/** Whether security updates come by themselves, and really did of late. */
export const UPDATE_LINES: readonly HostLine[] = [
  hostLine({
    id: 'updates',
    reads: ['apt-periodic', 'apt-upgrade', 'apt-timers', 'apt-stamps'],
    fix: harden('updates'),
    judge: (said, { at }) => {
      const wrong = [
        ...offIn(said['apt-periodic']),
        ...upgradesNothing(said['apt-upgrade']),
        ...stoppedIn(said['apt-timers']),
        ...['update-stamp', 'upgrade-stamp'].flatMap((name) => lateStamp(said['apt-stamps'], name, at)),
      ];
      return unlessAny(wrong, 'lists and upgrades by their timers, both ran of late');
    },
  }),
  hostLine({
    id: 'reboot',
    reads: ['reboot', 'kernel'],
    fix: 'systemctl reboot',
    judge: (said) => {
      const running = /^running=(\S+)$/m.exec(said.kernel)?.[1];
      const asked = said.reboot.trim();
      if (running === undefined || !['true', 'false'].includes(asked)) throw new Unclear('uname -r');
      return asked === 'true'
        ? failed(`a restart is asked for; ${running} runs`)
        : passed(`no restart is asked for; ${running} runs`);
    },
  }),
];

function offIn(text: string): string[] {
  if (/^APT::Periodic::Enable "0";$/m.test(text)) return ['APT::Periodic::Enable "0"'];
  return ['Update-Package-Lists', 'Unattended-Upgrade'].flatMap((name) => {
    const value = new RegExp(`^APT::Periodic::${name} "([^"]*)";$`, 'm').exec(text)?.[1];
    if (value === undefined) return [`APT::Periodic::${name} is not set`];
    return value === '0' || value === '' ? [`APT::Periodic::${name} "${value}"`] : [];
  });
}

/** What is on and upgrades nothing all the same. */
function upgradesNothing(text: string): string[] {
  const lines = linesOf(text);
  if (lines.at(-1) !== 'end') throw new Unclear('apt-config');
  const isSecurity = /^Unattended-Upgrade::(Origins-Pattern|Allowed-Origins)::? ".*security/i;
  const isAll = /^Unattended-Upgrade::Package-Blacklist:: "\^?\.?\*?\$?";$/;
  const leavesOut = lines.filter((line) => isAll.test(line));
  return [
    ...(lines[0] === 'program' ? [] : ['there is no unattended-upgrade']),
    ...(lines.some((line) => isSecurity.test(line)) ? [] : ['no archive of security updates']),
    ...(leavesOut.length === 0 ? [] : ['all packages are left out']),
  ];
}

function stoppedIn(text: string): string[] {
  const lines = linesOf(text);
  const masked = ['apt-daily.service', 'apt-daily-upgrade.service'].flatMap((unit) => {
    const line = lines.find((one) => one.startsWith(`${unit} `));
    if (line === undefined) throw new Unclear(unit);
    return line.includes('enabled=masked') ? [line] : [];
  });
  const timers = ['apt-daily.timer', 'apt-daily-upgrade.timer'].flatMap((unit) => {
    const line = lines.find((one) => one.startsWith(`${unit} `));
    if (line === undefined) throw new Unclear(unit);
    return line === `${unit} enabled=enabled active=active` ? [] : [line];
  });
  return [...masked, ...timers];
}

function lateStamp(text: string, name: string, at: number): string[] {
  const seconds = new RegExp(`^${name} (\\d+)(?:\\.\\d+)?$`, 'm').exec(text)?.[1];
  if (seconds === undefined) return [`${name}: never ran so far`];
  const age = at - Number(seconds) * 1000;
  return age > LATEST_MS ? [`${name}: ${Math.round(age / DAY_MS)} days ago`] : [];
}
