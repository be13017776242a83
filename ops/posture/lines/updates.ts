import type { Finding } from '../../../core/posture.ts';
import { harden } from '../../fixes/commands.ts';
import {
  asRead,
  failed,
  found,
  type HostLine,
  hostLine,
  linesOf,
  of,
  passed,
  Unclear,
  unlessAny,
  valuesOf,
} from '../line.ts';

const DAY_MS = 86_400_000;
const LATEST_MS = 3 * DAY_MS;

/** Whether security updates come by themselves, and really did of late. */
export const UPDATE_LINES: readonly HostLine[] = [
  hostLine({
    id: 'updates',
    reads: ['apt-periodic', 'apt-upgrade', 'apt-timers', 'apt-stamps', 'os'],
    fix: harden('updates'),
    judge: (said, { at }) => {
      const wrong = [
        ...offIn(said['apt-periodic']),
        ...upgradesNothing(said['apt-upgrade'], valuesOf(said.os)),
        ...stoppedIn(said['apt-timers']),
        ...['update-stamp', 'upgrade-stamp'].flatMap((name) => lateStamp(said['apt-stamps'], name, at)),
      ];
      return unlessAny(wrong, found('updates.well', {}));
    },
  }),
  hostLine({
    id: 'reboot',
    reads: ['reboot', 'kernel'],
    fix: ({ hasSystemd }) => (hasSystemd ? 'systemctl reboot' : 'reboot'),
    judge: (said) => {
      const running = /^running=(\S+)$/m.exec(said.kernel)?.[1];
      const asked = said.reboot.trim();
      if (running === undefined || !['true', 'false'].includes(asked)) throw new Unclear('uname -r');
      return asked === 'true'
        ? failed(found('reboot.asked', { kernel: running }))
        : passed(found('reboot.not-asked', { kernel: running }));
    },
  }),
];

function offIn(text: string): Finding[] {
  if (/^APT::Periodic::Enable "0";$/m.test(text)) return [asRead('APT::Periodic::Enable "0"')];
  return ['Update-Package-Lists', 'Unattended-Upgrade'].flatMap((name) => {
    const value = new RegExp(`^APT::Periodic::${name} "([^"]*)";$`, 'm').exec(text)?.[1];
    if (value === undefined) return [found('updates.not-set', { name: `APT::Periodic::${name}` })];
    return isOften(value) ? [] : [asRead(`APT::Periodic::${name} "${value}"`)];
  });
}

/** Days, or a number with a unit (apt.systemd.daily): at least so often as it is asked below whether it ran. */
function isOften(value: string): boolean {
  if (value === 'always') return true;
  const [, number, unit] = /^(\d+)([smhd]?)$/.exec(value) ?? [];
  const ms = Number(number) * ({ s: 1000, m: 60_000, h: 3_600_000 }[unit!] ?? DAY_MS);
  return ms > 0 && ms <= LATEST_MS;
}

/** What is on and upgrades nothing, or not what matters, all the same. */
function upgradesNothing(text: string, os: ReadonlyMap<string, string>): Finding[] {
  const lines = linesOf(text);
  if (lines.at(-1) !== 'end') throw new Unclear('apt-config');
  const listed = (list: string) =>
    lines.flatMap((line) => new RegExp(`^Unattended-Upgrade::${list}::(?:\\S*)? "(.*)";$`).exec(line)?.[1] ?? []);
  const archives = [...listed('Origins-Pattern'), ...listed('Allowed-Origins')];
  const held = lines.flatMap((line) => /^held (\S+)$/.exec(line)?.[1] ?? []);
  return [
    ...(lines[0] === 'program' ? [] : [found('updates.no-program', {})]),
    ...(archives.some((archive) => isSecurity(archive, os)) ? [] : [found('updates.no-archive', {})]),
    ...listed('Package-Blacklist').flatMap((pattern) => leftOutBy(pattern)),
    ...(listed('Package-Whitelist').length === 0 ? [] : [found('updates.only-some', {})]),
    ...(listed('Update-Days').length === 0 ? [] : [found('updates.only-some-days', {})]),
    ...held
      .filter((name) => MATTERS.some((one) => name.startsWith(one)))
      .map((name) => found('updates.held', { name })),
  ];
}

/** An archive of security updates of this system and of its version, whether that is named or filled in. */
function isSecurity(archive: string, os: ReadonlyMap<string, string>): boolean {
  const value = (name: string) => (os.get(name) ?? '').replace(/^"|"$/g, '');
  const filled = archive
    .replace(/\$\{distro_id\}/g, value('ID'))
    .replace(/\$\{distro_codename\}/g, value('VERSION_CODENAME'));
  const [id, codename] = [value('ID'), value('VERSION_CODENAME')];
  if (id === '') throw new Unclear('os-release');
  const words = filled.toLowerCase().split(/[^a-z0-9]+/);
  if (!words.includes('security') || !words.includes(id.toLowerCase())) return false;
  // `codename=` and `suite=` of another version, which one forgets to change.
  const version = /(?:^|,)(?:codename|archive|suite|[na])=([a-z]+)(?:-security)?(?:,|$)|:([a-z]+)-security$/i.exec(
    filled,
  );
  const named = (version?.[1] ?? version?.[2])?.toLowerCase();
  return named === undefined || named === codename || ['stable', 'oldstable'].includes(named);
}

/** What somebody breaks in by when it is not upgraded; each begins the name of a package. */
const MATTERS = ['openssh-server', 'libssl3', 'libc6', 'linux-image', 'sudo', 'systemd', 'docker', 'nginx'];

/** A pattern of packages that are left out holds from the beginning of a name, as Python's `match` has it. */
function leftOutBy(pattern: string): Finding[] {
  try {
    const isOne = new RegExp(`^(?:${pattern})`);
    return MATTERS.some((name) => isOne.test(name)) ? [found('updates.left-out', { pattern })] : [];
  } catch {
    throw new Unclear(`Package-Blacklist ${pattern}`);
  }
}

function stoppedIn(text: string): Finding[] {
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
  return [...masked, ...timers].map(asRead);
}

function lateStamp(text: string, name: string, at: number): Finding[] {
  const seconds = new RegExp(`^${name} (\\d+)(?:\\.\\d+)?$`, 'm').exec(text)?.[1];
  if (seconds === undefined) return [of(name, found('updates.never-ran', {}))];
  const age = at - Number(seconds) * 1000;
  return age > LATEST_MS ? [of(name, found('updates.days-ago', { days: Math.round(age / DAY_MS) }))] : [];
}
