import { LOCAL_PLACE } from '../../../backup/generation.ts';
import { FORMATS } from '../../format.ts';
import type { Entries } from '../../shape.ts';
import type { EvidenceTexts } from './facts.ts';

const { count: counted, list, number } = FORMATS.en;
/** How a run of a job ended (core/job.ts). */
const OUTCOMES: Readonly<Record<string, string>> = {
  ...{ running: 'is not over', ok: 'said nothing of it', nothing: 'found nothing to check' },
  ...{ failed: 'failed', cancelled: 'was cancelled', lost: 'was cut off' },
};
/** Whole hours. */
const ago = (hours: number) => (hours === 0 ? 'just now' : `${hours} h ago`);
/** Of names of places for backups, joined by commas. */
const placesOf = (places: string) =>
  list(places.split(', ').map((place) => (place === LOCAL_PLACE ? 'on this server' : `at ${place}`)));
const leadsTo = (path: string, real: string) => (real === '' ? path : `${path}, which leads to ${real}`);

/** English: what lines of the checklist rest on. Plain text, without a dot at its end. */
export const evidence: Entries<EvidenceTexts> = {
  'as-read': ({ text }) => text,
  more: ({ count }) => `and ${count} more`,

  'ssh.in-match': ({ setting }) => `in a Match block: ${setting}`,
  'ssh.runs-with': ({ options }) => `sshd runs with ${options}`,
  'ssh.read-changed': ({ read, changed }) => `settings of sshd: read ${read}, changed ${changed}`,
  'ssh.nothing-weak': () => 'no cipher, MAC, key exchange or key of sshd is known to be weak',
  'ssh.nobody-may': () => 'sshd names nobody who may log in',
  'ssh.include-in-match': () => 'an Include in a Match block',
  'ssh.runs-not': () => 'no sshd runs',
  'ssh.no-time': () => 'no time at which sshd read its settings',

  'firewall.drops': ({ where }) => `${where} drops the rest`,
  'firewall.refuses-nothing': () => 'nothing is refused by default',
  'firewall.lets-in': ({ rule }) => `${rule || 'a rule'} is let in`,
  'firewall.at-most': ({ ports }) => `open: ${ports} at most`,
  'firewall.no-tool': ({ tool }) => `${tool} is missing`,
  'firewall.no-way-out': () => 'no default route',
  'sockets.well': ({ count }) => `${counted(count, 'socket listens', 'sockets listen')}, none too openly`,
  'sockets.none': () => 'nothing listens, not even sshd',

  'vpn.funnels': ({ count }) => `tailscale: ${counted(count, 'funnel opens', 'funnels open')} something to everybody`,
  'vpn.tailscale': () => 'tailscale: Running, no funnel',
  'vpn.idle': ({ interfaces }) => `${interfaces}: no peers, not up, or not among vpn_interfaces`,
  'vpn.none': () => 'neither WireGuard nor Tailscale is up',
  'vpn.peers': ({ count, minutes }) =>
    `${counted(count, 'peer', 'peers')}, ${minutes < 0 ? 'none heard since it came up' : `one heard ${minutes === 0 ? 'just now' : `${minutes} min ago`}`}`,
  'vpn.no-key': ({ vpn, folder }) => `no key of ${vpn} in ${folder}`,

  'fail2ban.stopped': () => 'fail2ban.service does not run',
  'fail2ban.no-jails': () => 'no jails',
  'fail2ban.no-sshd': ({ jails }) => `no jail sshd, only ${jails}`,
  'fail2ban.does-nothing': () => 'the jail sshd does nothing to whom it bans',
  'fail2ban.loose': ({ tries, seconds }) =>
    `the jail sshd bans after ${counted(tries, 'try', 'tries')}, for ${seconds} s`,
  'fail2ban.short-window': ({ seconds }) => `the jail sshd counts the tries of ${seconds} s only`,
  'fail2ban.ignores': ({ length }) => `the jail sshd ignores a network of /${length}`,
  'fail2ban.port-open': ({ ports, port }) => `the jail sshd shuts ${ports}, but SSH is at ${port}`,
  'fail2ban.other-journal': ({ matches }) => `the jail sshd reads the journal of ${matches}, where nothing of sshd is`,
  'fail2ban.reads-journal': ({ jails }) => `jails ${jails}; sshd reads the journal`,
  'fail2ban.reads-files': ({ jails, files }) => `jails ${jails}; sshd reads ${files}`,
  'fail2ban.dead-files': ({ files }) => `the jail sshd reads ${files}, which nothing writes to`,
  'fail2ban.no-files': () => 'the jail sshd reads no file',
  'fail2ban.reads-neither': () => 'fail2ban-client status sshd: neither a journal nor files',
  'fail2ban.silent-journal': () => 'the journal has nothing of sshd',

  'updates.well': () => 'lists and upgrades by their timers, both ran of late',
  'updates.not-set': ({ name }) => `${name} is not set`,
  'updates.no-program': () => 'unattended-upgrade is not installed',
  'updates.no-archive': () => 'no archive of security updates of this system',
  'updates.left-out': ({ pattern }) => `left out: ${pattern}`,
  'updates.only-some': () => 'only some packages are upgraded',
  'updates.only-some-days': () => 'only on some days',
  'updates.held': ({ name }) => `${name} is held back`,
  'updates.never-ran': () => 'never ran so far',
  'updates.days-ago': ({ days }) => `${counted(days, 'day', 'days')} ago`,
  'reboot.asked': ({ kernel }) => `a restart is asked for; ${kernel} runs`,
  'reboot.not-asked': ({ kernel }) => `no restart is asked for; ${kernel} runs`,

  'volume.plain': ({ path, source, target }) => `${path} lies on ${source} (${target}), which is not encrypted`,
  'volume.sealed': ({ path, source, types }) => `${path} lies on ${source}: ${types}`,
  'volume.locked': ({ device }) => `the sealed volume with the data (${device}) is locked`,
  'swap.none': () => 'no swap',
  'swap.plain': ({ place }) => `swap on ${place} is not encrypted`,
  'swap.sealed': ({ places }) => `swap on ${places}: encrypted, or in memory`,

  'file.mode': ({ path, mode, uid }) => `${path} ${mode} of account ${uid}`,
  'file.link': ({ path }) => `${path} is a link; put the file itself there`,
  'files.well': ({ count }) => `${counted(count, 'file or folder', 'files and folders')}, all as they should be`,
  'files.of-root': ({ count }) => `${counted(count, 'file', 'files')} that only root can change`,
  'files.for-root': ({ paths }) => `for root only: ${paths}`,
  'files.none': () => 'no files',

  'time.nobody': () => 'the clock is right so far, but nobody keeps it so',
  'time.kept': ({ keeper }) => `NTPSynchronized=yes, by ${keeper}`,
  'kernel.well': ({ count }) => `${counted(count, 'value', 'values')}, all as they should be`,
  'account.root-too': ({ name }) => `${name} is root as well`,
  'account.no-password': ({ name }) => `${name} needs no password`,
  'account.password-shown': ({ name }) => `the password of ${name} stands in /etc/passwd`,
  'accounts.well': ({ count }) =>
    `${counted(count, 'account', 'accounts')}, root alone is root, none without a password`,
  'accounts.no-root': () => 'getent passwd: no root',

  'auditd.limited': ({ most }) => `at most ${most} a second are recorded`,
  'auditd.changes-unseen': ({ path }) => `nobody watches who changes ${path}`,
  'auditd.reads-unseen': ({ path }) => `nobody watches who reads ${path}`,
  'auditd.watches': ({ paths }) => `auditd watches ${paths}`,

  'docker.no-group': () => 'there is no group docker',
  'docker.empty-group': () => 'nobody is in the group docker',
  'docker.in-group': ({ names }) => `in the group docker: ${names}`,
  'docker.no-seccomp': () => 'seccomp is off',
  'docker.no-mac': () => 'neither AppArmor nor SELinux is on',
  'docker.unconfined': () => 'not confined',
  'docker.listens': ({ at }) => `listens at ${at}`,
  'docker.no-port': () => 'dockerd has no port',

  'containers.none': () => 'no containers',
  'container.privileged': () => 'privileged',
  'container.keeps-rights': () => 'keeps the rights that Docker gives (no cap_drop: ALL)',
  'container.has-right': ({ right }) => `has ${right}`,
  'containers.privileges': () => 'no container has more rights than it needs',
  'container.writable': () => 'its root is writable',
  'containers.root-fs': () => 'no container can change its own programs',
  'container.may-gain': () => 'may gain rights',
  'containers.new-privileges': () => 'no container can gain rights',
  'container.no-memory-limit': () => 'no limit of memory',
  'container.no-process-limit': () => 'no limit of processes',
  'containers.limits': () => 'memory and processes of each container are limited',
  'container.of-host': ({ what }) => `${what} of the host`,
  'container.of-another': ({ what }) => `${what} of another container`,
  'container.devices': () => 'devices of the host',
  'containers.namespaces': () => 'no container shares processes, network or devices with the host',
  'container.mounts': ({ path, real }) => `mounts ${leadsTo(path, real)}`,
  'container.mounts-socket': ({ path, real }) => `mounts the socket ${leadsTo(path, real)}`,
  'container.shares-mounts': ({ path }) => `shares mounts below ${path}`,
  'container.unseen-mount': ({ path }) => `a mount that was not looked at: ${path}`,
  'containers.mounts': () => 'containers reach the folders of the household, and nothing else of the host',
  'container.runs-as': ({ user }) => `runs as ${user}`,
  'containers.users': () => 'no container runs as root, but for one that can only become somebody else',
  'container.stays-away': () => 'does not come back by itself',
  'container.runs-not': () => 'does not run',
  'container.nobody-asks': () => 'nobody asks whether it is well',
  'containers.health': () => 'each container runs, is well, and comes back by itself',
  'containers.images': () => 'each image is named by its digest',
  'container.in-network': ({ name }) => `in the network ${name}`,
  'containers.networks': () => 'no container is in the network that all share',
  'container.log-unlimited': ({ driver }) => `${driver} without max-size`,
  'containers.logs': () => 'the log of each container is limited',
  'containers.ports': () => 'only nginx is published, at 80 and 443',
  'container.writes-plain': ({ path }) => `writes to ${path}, which is not encrypted`,
  'containers.data': () => 'what containers write lies on an encrypted volume',
  'container.secrets': ({ count }) =>
    counted(count, 'variable that looks like a secret', 'variables that look like secrets'),
  'containers.secrets': () => 'no environment of a container holds what looks like a secret',

  'secrets.unreadable': () => 'cannot be looked at',
  'secrets.none': () => 'no secret files',
  'secrets.mode': ({ mode }) => `mode ${mode}`,
  'secrets.in-environment': ({ name }) => `${name} stands in the environment`,
  'secrets.well': ({ count }) =>
    `${counted(count, 'secret, in a file', 'secrets, each in a file')} for its account only`,
  'stores.of-nobody': () => 'a file among those of people and rooms belongs to none of them',
  'stores.too-many': ({ files, keys }) =>
    `${counted(files, 'file', 'files')} of people and rooms, but only ${counted(keys, 'key', 'keys')}`,
  'stores.plain': ({ count }) => `${counted(count, 'file is', 'files are')} not encrypted`,
  'stores.alike': ({ count }) => `${counted(count, 'file begins', 'files begin')} like another one`,
  'stores.isolated': ({ files, keys }) =>
    `${counted(files, 'file', 'files')} of people, rooms and shares; ${counted(keys, 'key', 'keys')}, one for each`,
  'stores.none': () => 'no stores',
  'stores.short': () => 'a store that is shorter than its head',
  'store.plain': ({ file }) => `${file} is not encrypted`,
  'stores.sealed': ({ count }) =>
    counted(count, 'file, not readable without its key', 'files, none of them readable without its key'),
  'trail.unverified': () => 'the audit trail was never verified',
  'trail.broken': ({ row }) => (row < 0 ? 'the audit trail is broken' : `the audit trail is broken at row ${row}`),
  'trail.check-ended': ({ outcome }) => `the last check of the audit trail ${OUTCOMES[outcome] ?? outcome}`,
  'trail.unlooked': ({ newer }) =>
    newer === 0
      ? 'the audit trail has no entries yet'
      : `the last check of the audit trail saw nothing of what stands there today: ${counted(newer, 'entry', 'entries')}`,
  'trail.well': ({ checked, newer, hours }) =>
    `audit trail checked ${ago(hours)}: ${counted(checked, 'entry', 'entries')}, none changed, none missing${newer === 0 ? '' : `; ${number(newer)} more since then`}`,
  'trail.too-old': () => 'it should be checked every day',
  'backups.unproven': ({ count }) => `${counted(count, 'backup', 'backups')}, none proven by restoring it`,
  'backups.proven': ({ name, hours, places }) =>
    `${name}, proven by restoring it, made ${ago(hours)}; kept ${placesOf(places)}`,
  'backups.no-more': () => 'no more are made',

  'name.none': () => 'no public name',
  'name.no-handshake': ({ at }) => `no handshake with ${at}`,
  'name.unreached': ({ at }) => `${at} is not reached from here`,
  'tls.no-authority': ({ file }) => `${file} holds no certificate that can be read (door.authorityFile)`,
  'tls.authority-ends': ({ name, days }) => `its authority ${name} ends, ${counted(days, 'day', 'days')} left`,
  'tls.shown': ({ host, protocol, issuer, days }) =>
    `${host}: ${protocol}, by ${issuer}, ${counted(days, 'day', 'days')} left`,
  'http.closed': ({ at }) => `${at} is closed`,
  'http.silent': ({ at }) => `${at} does not answer`,
  'http.answers': ({ url, status, location }) => `${url} answers ${status}${location === '' ? '' : ` to ${location}`}`,
  'ports.answers': ({ at }) => `${at} answers`,
  'ports.closed': ({ host, ports }) => `${host}: none of ${ports} answers, asked from this machine`,
};
