import { sayCheck } from '../checklist/say-check.ts';
import { FORMATS, wholeMinutes } from '../format.ts';
import type { Entries } from '../shape.ts';
import type { AlertFrame, AlertTexts } from './facts.ts';

const { bytes, count, duration, moment, number } = FORMATS.en;

/** English: what stands around an alert. */
export const alertFrame: Entries<AlertFrame> = {
  'severity.info': () => 'for your information',
  'severity.warning': () => '**warning**',
  'severity.critical': () => '**urgent**',
  'alert.other': ({ code, facts }) => `something called “${code}” was reported${facts === '' ? '.' : ` (${facts}).`}`,
  'alert.repeated': ({ times }) => `It was reported ${count(times, 'time', 'times')}.`,
  'alert.somebody': () => '(somebody)',
  'alert.mail': ({ reference }) => `The ops room could not be reached. There, \`!alerts ${reference}\` shows more.`,
  'alert.mail-over': () => 'over',
  'alert.raised': ({ severity, reference, text }) => `${severity} (${reference}): ${text}`,
  'alert.flapping': ({ reference, text }) =>
    `**${reference} keeps coming and going.** I say no more of it until it has stayed away for an hour. ${text}`,
  'alert.again': ({ severity, reference, text }) => `${severity} (${reference}), which was put off, goes on: ${text}`,
  'alert.reminder': ({ severity, reference, text, time }) =>
    `${severity} (${reference}) for ${duration(time)} now, and nobody has taken note: ${text} \`!alerts ack ${reference}\` says that you have.`,
  'alert.over': ({ reference, text, time }) => `${reference} is over after ${duration(time)}. It was: ${text}`,
};

/** Why an update went back, by what the host helper noted (ops/host/helper/release.sh). */
const WHY_RETURNED: Readonly<Record<string, string>> = {
  'gate-failed': 'It did not leave everything that is kept as it was.',
  'no-confirmation': 'It did not show in time that it works.',
  'service-died': 'It did not go on running.',
  'state-in-use':
    'Somebody was working with the data at the server’s shell: a console, an import, a backup. Once that is done, run the update again.',
  interrupted: 'The machine was stopped in the middle of it.',
  other: 'The host helper’s log (acts.log) says more.',
};

/** What is the matter with a remote, and what can be done about it. */
const REMOTE: Readonly<Record<string, string>> = {
  away: 'it cannot be reached. See whether it is switched on and connected.',
  'not-mounted': 'its folder is not there. See whether the disk or share that it lies on is connected and mounted.',
  full: 'it is full. Make room there, or keep fewer backups (`backup.keep`).',
  refused:
    'it does not let me do that. Its rights, or my key there, were changed: whoever looks after it has to let me in again.',
  'wrong-machine':
    'another machine answers in its place. If nobody set it up anew, somebody may stand between: leave it so until you know.',
  clock: 'it refuses me because the clock of the server is wrong. Set the clock right.',
  'no-folder': 'the folder or bucket for the backups is missing there. Make it again.',
  settings: 'what the settings say of it does not fit: correct it in `kinkeeper.yaml` on the server.',
  program: 'a program that it takes (rsync or ssh) is missing, here or there. Install it.',
  'too-long':
    'it answers with more than any place for backups would. Trust that machine no longer until somebody has looked at it.',
  slow: 'it did not get done in its part of the night. If this repeats, its line is too slow or something is wrong there.',
  damaged: 'it holds other bytes than I sent. Its disk may be broken: look at it.',
  'changed-here':
    'the backup on this machine is not as I made it any more. The disk of the server may be broken: look at it.',
};

/** English: alerts. What is the matter, and what to do. */
export const alerts: Entries<AlertTexts> = {
  'alert.bot-silent': ({ seconds }) =>
    `The bot has been silent for ${duration(seconds * 1000)}. Look at its log and restart it.`,
  'alert.ops-silent': ({ seconds }) =>
    `The ops process has been silent for ${duration(seconds * 1000)}; no jobs run. Look at its log and restart it.`,
  'alert.disk-low': ({ freeBytes }) => `The disk is filling up: ${bytes(freeBytes)} are left. Please make room soon.`,
  'alert.disk-critical': ({ freeBytes }) =>
    `The disk is almost full: only ${bytes(freeBytes)} are left, and new documents will be refused. Please make room now.`,
  'alert.inodes-low': ({ freePercent }) =>
    `The disk can hold few more files: ${number(freePercent)} % of its inodes are free. Delete what is not needed.`,
  'alert.memory-low': ({ freeBytes }) =>
    `Memory is short: ${bytes(freeBytes)} are available. A smaller model or more memory would help.`,
  'alert.load-high': ({ loadPerCore }) =>
    `The machine is overloaded: ${number(loadPerCore)} tasks wait for each core. Look at what else runs on it, or rent more cores.`,
  'alert.alerts-waiting': ({ count: alerts, seconds }) =>
    `${count(alerts, 'alert', 'alerts')} could not be delivered for ${duration(seconds * 1000)}. Is the bot in the ops room?`,
  'alert.homeserver-unreachable': ({ seconds, since }) =>
    `I cannot reach the homeserver. It has not answered since ${moment(since)}${seconds < 60 ? '' : `, for ${duration(wholeMinutes(seconds * 1000))}`}. Does it run (\`systemctl status matrix-synapse\`, or \`docker compose ps\`), and has its disk room? Its log says more. Messages wait there and are handled when it is back.`,
  'alert.job-failed': ({ job, reference }) =>
    `The job **${job}** failed. Its reference in the log is **${reference}**.`,
  'alert.job-lost': ({ count: jobs }) =>
    `${count(jobs, 'job was', 'jobs were')} cut off when the process ended. What was due runs again by itself.`,
  'alert.undecryptable': ({ count: messages }) =>
    `${count(messages, 'message waits', 'messages wait')} for a key that has not reached me. The people concerned were told.`,
  'alert.no-signed-device': ({ person }) =>
    `${person} has no verified device, so I can't write to them securely. Ask them to verify their session in Element.`,
  'alert.stranger-invite': ({ count: invites }) =>
    `I refused ${count(invites, 'invitation', 'invitations')} by strangers without reading anything. \`people add\` lets someone talk to me.`,
  'alert.embedder-failing': ({ failures }) =>
    `The embedder failed ${count(failures, 'time', 'times')} in a row; finding goes on with words and built-in vectors. Is its server running?`,
  'alert.index-failing': ({ failures }) =>
    `Qdrant could not be brought up to date ${count(failures, 'time', 'times')} in a row; I search the sealed files instead and nothing is lost. Is it running, and does its key still fit? \`kinkeeper doctor\` knows more.`,
  'alert.index-damaged': () =>
    'A passage in Qdrant was not as I had sealed it, so I answered from the sealed file and sent it again; nobody was shown anything wrong. Who else can write to that server?',
  'alert.model-failing': ({ reference }) =>
    `The language model does not answer; people get passages instead. Reference in the log: **${reference}**.`,
  'alert.reader-unavailable': () =>
    'Files cannot be read safely on this machine, so none is read. `kinkeeper doctor` says what is missing.',
  'alert.identity-changed': ({ person }) =>
    `The account of ${person} has another identity than before. If they did not reset it themselves, somebody else is using the account. I read nothing they write and send them nothing until it is confirmed: ask them in person, then send \`people confirm\` with their address. An admin's own identity is confirmed on the server, with \`kinkeeper people confirm\`.`,
  'alert.keys-changed': ({ count: keys }) =>
    `${count(keys, 'key is', 'keys are')} new, and what was sealed under the old is gone.`,
  'alert.key-change-failed': ({ reference }) =>
    `A person’s key could not be changed; the old one still counts and I try again. Is the disk full? Reference in the log: **${reference}**.`,
  'alert.erase-failing': ({ reference, step, attempts }) =>
    `Erasing **${reference}** does not get past the step “${step}” (${count(attempts, 'try', 'tries')}). It goes on by itself; if it stays so, look into the log under that reference.`,
  'alert.receipt-undelivered': ({ reference }) =>
    `Erasing **${reference}** is done, but its receipt could not be delivered: nobody but its reader may be in that chat, and nobody is.`,
  'alert.erased-again': ({ count: people }) =>
    `The state folder came from before ${count(people, 'person was', 'people were')} erased. I have erased them again.`,
  'alert.ended-again': ({ papers, shares }) =>
    `The state folder came from an earlier time. I have forgotten ${count(papers, 'paper', 'papers')} again, and ended ${count(shares, 'share', 'shares')}.`,
  'alert.tombstones-damaged': () =>
    'The list of what was erased (`tombstones` in the state folder) was damaged, cut short, missing, or belongs elsewhere. I wrote it anew from what control.db knows; after a restore, people, shares and papers that were gone may be back. Put the newest copy of that file there and start me again.',
  'alert.clock-jumped': ({ days }) =>
    `The server’s clock is ${count(Math.abs(days), 'day', 'days')} ${days < 0 ? 'behind' : 'ahead of'} the last time I looked. If the server was off for so long, all is well. Until this time has gone on for a day I remove nothing because of its age; if the clock is wrong, set it right.`,
  'alert.keys-older': () =>
    'keys.json is older than the last change of passphrase or recovery code: somebody put an earlier one back, and what was replaced opens the household again. If that was not you, find out who had access to the server. `kinkeeper keys passphrase` and `kinkeeper keys recovery-code` set both anew.',
  'alert.store-damaged': ({ file }) =>
    `\`tenants/${file}\` in the state folder cannot be read. What it holds is missing from answers and lists until you restore it from a backup (papers that were forgotten since are back then: forget them again); everybody else’s works on. If it was a lent copy, its two people can end that share, and it is gone.`,
  'alert.backup-proven': ({ generation, bytes: size, seconds, tenants, questions, leftOut, place }) =>
    `Backup **${generation}** is proven: restored from ${place === 'local' ? 'the local folder' : place} into a scratch place in ${duration(seconds * 1000)} (${bytes(size)}), ${count(tenants, 'store', 'stores')} opened, ${count(questions, 'test question', 'test questions')} answered. The scratch place is gone again.${leftOut > 0 ? ` **Not in it:** ${count(leftOut, 'thing that is a link or was not there', 'things that are links or were not there')}; \`kinkeeper restore --check\` names what, \`kinkeeper doctor\` what is so today.` : ''}`,
  'alert.drill-failed': ({ generation, reason }) =>
    `Backup **${generation}** did not prove itself (${reason}): do not count on it. Make another with \`run backup\`, then \`run drill\`; the last proven one is kept until then.`,
  'alert.backup-copy-bad': ({ generation, remote, reason }) =>
    `The copy of backup **${generation}** ${remote === 'local' ? 'on the server' : `at **${remote}**`} cannot be used (${reason}); I proved it from another place. Look at what is wrong there: until it is mended, do not count on what that place holds.`,
  'alert.remote-failing': ({ remote, trouble, reference }) =>
    `No backup gets to **${remote}**: ${REMOTE[trouble] ?? 'something went wrong there that I have no name for. The log on the server says more.'} I try again every time they are due; in the log it is **${reference}**.`,
  'alert.evidence-sent': ({ archive, remote }) =>
    `The evidence **${archive}** lies at **${remote}** as well now, compared with what was made here.`,
  'alert.backup-copy-missing': ({ remote, count: copies }) =>
    `${count(copies, 'backup is', 'backups are')} gone from ${remote === 'local' ? 'the folder of backups on this machine' : `**${remote}**`}, and it was not me who removed ${copies === 1 ? 'it' : 'them'}. What is still on this machine is sent again. If it was not you either, find out who had access there.`,
  'alert.backup-copy-changed': ({ remote, generation }) =>
    remote === 'local'
      ? `The file of backup **${generation}** in the folder of backups on this machine is damaged: it is not what I made. I count on it no longer; look at the disk, and delete the file once you have. If the disk is fine, find out who had access.`
      : `The copy of backup **${generation}** at **${remote}** is damaged: it is not what I sent there. I count on it no longer, and send it again if it is still whole on this machine. Look at the disk there; if it is fine, find out who had access.`,
  'alert.audit-broken': ({ row }) =>
    `The audit trail was changed from outside at row ${number(row)}. Find out who had access to the server.`,
  'alert.disk-full-soon': ({ days }) =>
    `At the pace of the last days the disk is full in ${count(Math.round(days), 'day', 'days')}. Please make room, or rent a larger disk.`,
  'alert.backup-disk-low': ({ freeBytes }) =>
    `The disk for backups is filling up: ${bytes(freeBytes)} are left. Without room there the next backup fails: make room, or keep fewer (\`backup.keep\`).`,
  'alert.backup-disk-full-soon': ({ days }) =>
    `At the pace of the last days the disk for backups is full in ${count(Math.round(days), 'day', 'days')}. Please make room there, or keep fewer (\`backup.keep\`).`,
  'alert.swap-full': ({ usedPercent }) =>
    `The machine has run out of memory and works from the disk: ${number(usedPercent)} % of its swap are used. A smaller model or more memory would help.`,
  'alert.clock-unsynchronised': () =>
    'The server’s clock is not kept right by any time server. Certificates, schedules and retention depend on it: `timedatectl` on the host says what is wrong.',
  'alert.homeserver-database-failing': ({ seconds }) =>
    `The homeserver answers, but what it needs its database for has failed for ${duration(seconds * 1000)}. Is the database running, and its disk not full? The log of the homeserver knows more.`,
  'alert.answering-unreachable': ({ seconds }) =>
    `The server of the language model has not answered for ${duration(seconds * 1000)}; people get passages instead. Is it running?`,
  'alert.embedding-unreachable': ({ seconds }) =>
    `The server of the embedding model has not answered for ${duration(seconds * 1000)}; finding goes on with words and built-in vectors. Is it running?`,
  'alert.index-unreachable': ({ seconds }) =>
    `Qdrant has not answered for ${duration(seconds * 1000)}; I search the sealed files instead and nothing is lost. Is it running?`,
  'alert.work-waiting': ({ count: waiting, seconds }) =>
    `${count(waiting, 'file or question waits', 'files and questions wait')}, the oldest for ${duration(seconds * 1000)}. Is the machine overloaded, or a model too slow for it? \`status\` shows the queues.`,
  'alert.replies-waiting': ({ count: waiting, seconds }) =>
    `${count(waiting, 'reply waits', 'replies wait')} to be sent, the oldest for ${duration(seconds * 1000)}. They go out by themselves once the homeserver takes them and their readers have a verified device; the log of the bot says what they wait for.`,
  'alert.one-time-keys-low': ({ count: keys }) =>
    `Only ${count(keys, 'one-time key', 'one-time keys')} of mine are left on the homeserver; without them nobody can start writing to me. I upload new ones by myself: if this stays, look into my log for what the homeserver refuses.`,
  'alert.device-unsigned': () =>
    'My own device is not signed by my identity any more, so apps warn of me or send me no keys. If you did not reset my account, find out who did. Restart the bot: it signs its device anew where it still can.',
  'alert.certificate-ends': ({ days }) =>
    `The homeserver’s certificate ${days < 0 ? 'has ended' : `ends in ${count(Math.floor(days), 'day', 'days')}`}; then no app connects any more. Is its renewal (certbot, Caddy, the web server’s own) still running?`,
  'alert.backup-missing': ({ seconds }) =>
    `Backups are set up, but none has been made in ${duration(seconds * 1000)}. \`kinkeeper doctor\` says what is missing.`,
  'alert.backup-old': ({ seconds }) =>
    `The newest backup is ${duration(seconds * 1000)} old. Look at what became of the last run, and at the room on the disk for backups.`,
  'alert.backup-ahead': ({ count: ahead }) =>
    `${count(ahead, 'backup says', 'backups say')} that ${ahead === 1 ? 'it comes' : 'they come'} from the future: the clock of the server was ahead when I made ${ahead === 1 ? 'it' : 'them'}, or is behind now. ${ahead === 1 ? 'It counts' : 'They count'} for nothing meanwhile, and where ${ahead === 1 ? 'it lies' : 'they lie'} I remove no old backup. See whether the clock is right. If it is, delete the files that \`!backups\` marks as of the future, wherever they lie; I notice it with the next \`run send\`.`,
  'alert.backup-unproven': ({ seconds }) =>
    `The newest backup that was proven by restoring it is ${duration(seconds * 1000)} old. One that was never restored may be none: look at what became of the last proof.`,
  'alert.failed-logins': ({ count: failures }) =>
    `${count(failures, 'login', 'logins')} to the server by SSH failed in the last 24 hours. If that was not you: is SSH reachable from everywhere, and are passwords turned off?`,
  'alert.api-guessing': ({ count: wrong }) =>
    `${count(wrong, 'wrong API key was', 'wrong API keys were')} tried within minutes. Each address that does so is put off, and guessing one is hopeless; but see who it is, in the log of nginx, and whether a scanner or script of the family still has an old key.`,
  'alert.address-banned': ({ count: addresses }) =>
    `fail2ban shuts out ${count(addresses, 'address', 'addresses')} now. If one of them is yours, \`fail2ban-client unban\` on the host lets it in again.`,
  'alert.ssh-login': ({ user, from, at }) =>
    `Somebody logged in to the server by SSH: ${user} from ${from}, ${moment(at)}. If that was not you, change the keys and find out how they came in.`,
  'alert.settings-changed': ({ file }) =>
    `${file} was changed while I was running. If that was you: a restart makes it count. If not, find out who has access to the server.`,
  'alert.container-restarted': ({ name, restarts }) =>
    `The container ${name} was restarted ${count(restarts, 'time', 'times')} by itself. Its log says why it ended.`,
  'alert.container-stopped': ({ name }) =>
    `The container ${name} does not run. \`docker compose up -d\` starts it; its log says why it ended.`,
  'alert.image-old': ({ days }) =>
    `The oldest container image in use was built ${count(days, 'day', 'days')} ago: security fixes since then are missing. An update brings newer ones.`,
  'alert.host-silent': ({ seconds }) =>
    `The host helper has not reported for ${duration(seconds * 1000)}, so I do not see the host: logins, containers, updates. \`systemctl status 'kinkeeper-host*'\` on the host says what is wrong.`,
  'alert.second-way-failing': ({ way, failures }) =>
    `Alerts could not be sent by ${way} (${count(failures, 'try', 'tries')}); that way is for when Matrix is down. \`kinkeeper alerts test\` tries it and says what is wrong.`,
  'alert.alert-test': () => 'This is a test: alerts arrive this way. There is nothing to do.',
  'alert.update-done': ({ from, to }) =>
    `I was brought from version ${from} to ${to}. Everything that is kept was there afterwards, and I tested myself before going on.`,
  'alert.update-returned': ({ from, to, why }) =>
    `Version ${to} did not work here, so ${from} is back with all data as before. ${WHY_RETURNED[why] ?? WHY_RETURNED.other} Nothing was lost; messages that came meanwhile are answered now.`,
  'alert.model-updated': ({ model }) =>
    `There was a newer **${model}**. I fetched it and asked both the test questions; it did no worse, so it words the answers now.`,
  'alert.model-returned': ({ model }) =>
    `There is a newer **${model}**, but it did worse on the test questions than the one that is here, so that one stays. Nobody got an answer from it; I fetch it again only when there is yet another one.`,
  'alert.checklist-drift': ({ line }) =>
    `The checklist of the server has a line that was ticked and is not any more: “${sayCheck('en', line)}”. \`!checklist\` shows what was read, and the command that mends it. If nobody of you changed anything, find out who did.`,
  'alert.checklist-blind': ({ count: lines }) =>
    `${count(lines, 'line', 'lines')} of the checklist of the server cannot be read any more, so nobody knows whether ${lines === 1 ? 'it holds' : 'they hold'}. \`!checklist\` says why.`,
  'alert.outside-open': () => 'The lockdown is over: the host helper opened access from outside again.',
  'alert.outside-closed': () =>
    'The lockdown is over, but access from outside may **still be closed**: the host helper did not open it. At the server’s shell, as root: `nft delete table inet kinkeeper_closed && rm -f /var/lib/kinkeeper-host/closed`.',
  'alert.audit-anchor': ({ rows, hash, at }) =>
    `The audit trail is whole: ${count(rows, 'row', 'rows')}. Its seal, to be compared with later: \`{"rows":${rows},"hash":"${hash}","at":${at}}\``,
};
