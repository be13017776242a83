import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { IncidentFacts } from '../facts/incident.ts';

const { count, duration, list, moment, number } = FORMATS.en;

const BY_HAND =
  'To close access from outside by hand: close every port but SSH and VPN in your provider’s firewall, or stop the web server (`systemctl stop nginx`, or `docker compose stop` of what is reached from outside).';

const OUTSIDE = {
  ok: '**Access from outside is closed** by the host helper. SSH and VPN stay open, so you can come in; this chat reaches me only where your app still reaches the server. `kinkeeper unlock` at the server’s shell opens it again.',
  failed: `**Access from outside could not be closed:** the host helper did not do it. ${BY_HAND}`,
  'not-set-up': `**Access from outside stays open**, as there is no host helper to close it. ${BY_HAND}`,
} as const;

/** English: what to do at an incident. */
export const incident: Entries<IncidentFacts> = {
  'lockdown.outside': ({ result }) => OUTSIDE[result],
  'lockdown.evidence': ({ result, archive, sha256, missing }) =>
    ({
      ok: `**Evidence is kept:** ${archive}, sealed to the keys of the backups, in the folder \`evidence\` beside them. SHA-256 ${sha256}. Write that down outside of this server.${missing.length === 0 ? '' : `\n\n**Not in it:**\n${missing.map((part) => `- ${part}`).join('\n')}`}`,
      failed:
        '**Evidence could not be kept**; the log of the process of the jobs (`npm run ops`) says why. At the server’s shell: `kinkeeper evidence`, which works while I am locked.',
      'not-set-up':
        '**No evidence was kept**, as there are no keys of backups to seal it to. By hand, at the server’s shell: `journalctl --since -7d > FILE` and `cp -a /var/log FOLDER`, before you change anything.',
    })[result],
  'lockdown.evidence-sent': ({ remote }) =>
    `**The evidence lies at ${remote} as well**, compared with what was made here.`,
  'lockdown.no-ops': () =>
    `**Nothing else was done:** nothing is heard of the process of the jobs (\`npm run ops\`). ${BY_HAND} Evidence, at the server’s shell: \`kinkeeper evidence\`.`,
  'evidence.about': () =>
    'It lies in the folder `evidence` beside the backups, where it is never removed; a few minutes later it lies at the places of the backups as well (the newest five), which I tell here. It opens with the private backup key alone: `gpg -d FILE | zstd -d | tar x`. No words of papers or chats are in it.',
  'incident.steps': (step) =>
    [
      '**An incident, in six steps.** If somebody may be inside now, begin with the first; in doubt do it, nothing is lost by it.',
      '',
      `1. **Stop:** ${step.lock} drops all keys, closes access from outside and keeps evidence. ${step.lockedAt > 0 ? `Last: ${moment(step.lockedAt)}.` : 'Never done so far.'}`,
      `2. **Look:** ${step.keep} keeps logs and records, sealed. ${step.evidenceAt > 0 ? `Newest: ${step.archive}, ${moment(step.evidenceAt)}.` : 'None is kept yet.'} Open it on another machine.`,
      `3. **Change:** ${step.change} leads through everything that opens something: ${number(step.settled)} of ${number(step.all)} settled.`,
      `4. **Restore**, if what is kept cannot be trusted: \`kinkeeper restore\` at the server’s shell, best onto a fresh server. ${step.provenAt > 0 ? `The newest backup that proved itself is from ${moment(step.provenAt)}.` : '**No backup has proven itself yet.**'}`,
      '5. **Update:** bring host and product to their newest versions before you let anybody in again (`!run hostUpdates`, `!update`).',
      `6. **Write it down:** ${step.report} sends the report, filled as far as I know. If the law applies to you, the authority has to hear of it within 72 hours.`,
      '',
      step.rehearsedAt > 0
        ? `Rehearsed ${moment(step.rehearsedAt)}${step.failures > 0 ? `, and ${number(step.failures)} of its steps **failed**` : ', and it went well'}. ${step.rehearse} does it again.`
        : `Never rehearsed: ${step.rehearse} goes through it without harming anything.`,
    ].join('\n'),
  'incident.report': ({ from, to, events, other }) =>
    `**Report of the incident**, from ${moment(from)} to ${moment(to)}, with ${number(events)} events. What only you know is marked in it. ${other} sends it as text that you can fill in.`,
  'incident.bad-day': ({ given }) =>
    `I don’t understand the day “${given}”. It takes one such as 2026-01-31. Nothing was made.`,
  'incident.rehearsing': () =>
    'This is a **rehearsal**: nothing is locked, closed or changed. Evidence is really made and read back, and then removed.',
  'rotate.head': ({ startedAt, settled, all }) =>
    startedAt === 0
      ? '**What to change after somebody was in.** No round is begun.'
      : `**What to change after somebody was in** (begun ${moment(startedAt)}): ${number(settled)} of ${number(all)} settled.`,
  'rotate.not-begun': ({ begin }) =>
    `${begin} begins a round: what is changed from then on counts. Until then nothing is noted.`,
  'rotate.absent': ({ items }) => `Not set up here, as far as I can see, so left out: ${list(items.map(String))}.`,
  'rotate.unchanged': ({ id, how }) =>
    `**${id} is not changed yet:** I can see that it is as it was when this round began, so nothing is noted. How: ${how}`,
  'rotate.line': ({ id, stands, at, seen, call }) =>
    `- ${{ done: '✓', skipped: '–', next: '➜', open: '○' }[stands]} ${id}${{ done: seen ? `, changed ${moment(at)}` : `, changed, you say so (${moment(at)})`, skipped: `, left as it is (${moment(at)})`, next: ' **next**', open: '' }[stands]}${call.source === '' ? '' : ` (I can: ${call})`}`,
  'rotate.next': ({ id, how, call, doneCall, skipCall }) =>
    call.source === ''
      ? `**${id}:** ${how}\n\nThen ${doneCall}, or ${skipCall}.`
      : `**${id}:** ${call}, and I do it. By hand: ${how}\n\nWhat I did I note by myself; else ${doneCall}, or ${skipCall}.`,
  'rotate.over': () =>
    'All of it is settled. Make a new backup now (`!run backup`): the older ones still open with the older keys.',
  'rotate.not-here': ({ id, how }) => `${id} takes a human: ${how}`,
  'rotate.no-helper': () =>
    'There is no host helper here that could do it (`host.spoolDir`); `!rotate` says how it is done by hand. Nothing was changed.',
  'rotate.in-chat': () => 'That works in the ops room only. Nothing was changed.',
  'rotate.ask.bot-password': ({ confirm }) =>
    `I give my account a **new password** and myself a **new access token**; every other session of my account is logged out. My device and its keys stay, so nobody has to verify me again. The password goes into the file of \`matrix.passwordFile\`; nobody gets to see it. Confirm: ${confirm}`,
  'rotate.ask.api-keys': ({ confirm }) =>
    `I **end all keys of the HTTP API**, everybody’s: scanners, scripts and phones are refused until their people have made new ones. Everybody whose keys end is told in their chat. Confirm: ${confirm}`,
  'rotate.ask.ssh-host-keys': ({ confirm }) =>
    `The host helper makes **new host keys for SSH**, tries them with \`sshd -t\` and has SSH read them; sessions that are open stay. Everybody who comes in later is warned once that the host key changed. I tell the new fingerprints here. The old keys are kept for root alone. Confirm: ${confirm}`,
  'rotate.ask.wireguard': ({ confirm }) =>
    `The host helper gives the server a **new WireGuard key**. From then on **no device comes in by the VPN** until it has the new public key, which I tell here; SSH stays open meanwhile. If you reach this chat or the server only by the VPN, be at the provider’s console first. Confirm: ${confirm}`,
  'rotate.password-changed': ({ others }) =>
    `My **password is new**, and so is my access token: what somebody copied of them opens nothing any more. ${others === 0 ? 'No other session of my account was there.' : `${count(others, 'other session of my account was', 'other sessions of my account were')} **logged out**; if that was not you, somebody had my password.`} My device is the same, and the file of \`matrix.passwordFile\` holds the new one: copy it to where you keep a copy of such files, and make a new backup, as older ones bring the old password back.`,
  'rotate.password-refused': ({ hindrance, problem, waitMs }) =>
    `**My password was not changed.** ${
      {
        'no-file':
          'It comes from no file that I could write (`matrix.passwordFile` is not set; a systemd credential is read-only). Set one, or change it by hand.',
        file: `The file of \`matrix.passwordFile\` cannot be replaced (${problem}), and without that I would not find back in. Make the file and its folder writable for the account that I run as (mode 600; a single file mounted into a container cannot be replaced, a folder can), and ask again.`,
        off: 'The homeserver lets nobody change a password there (in Synapse `password_config`, or the accounts are kept elsewhere). Change it where the accounts are kept, and write it into the file of `matrix.passwordFile`.',
        'not-by-password':
          'The homeserver wants another proof of who I am than my password. Change it by hand, as an administrator of the homeserver.',
        'too-weak':
          'The homeserver’s rules for passwords do not take mine, of 47 letters and digits (in Synapse `password_config.policy`). Change it by hand.',
        'wrong-password':
          'The homeserver takes neither the password in the file of `matrix.passwordFile` nor the new one: somebody else has changed it. Set one as an administrator of the homeserver, logging out other devices but mine, write it into the file, and ask again.',
        limit: `The homeserver’s limit of logins is reached. Ask again ${waitMs > 0 ? `in ${duration(waitMs)}` : 'in some minutes'}.`,
        'no-answer': 'The homeserver does not answer. Ask again when it does.',
      }[hindrance]
    }`,
  'rotate.password-waiting': ({ hindrance, problem, waitMs }) =>
    `${
      {
        file: `My password is new at the homeserver, but the file of \`matrix.passwordFile\` could not be replaced (${problem}). I keep the new one sealed, and try again.`,
        limit: `The homeserver’s limit of logins is reached; the change of my password goes on by itself${waitMs > 0 ? ` in ${duration(waitMs)}` : ' soon'}.`,
        'no-answer':
          'The homeserver stopped answering, so I don’t know yet whether my password is new. Either way I come back in: the change goes on by itself.',
      }[hindrance]
    } I tell you here how it ended.`,
  'rotate.api-keys-ended': ({ keys, people, told }) =>
    keys === 0
      ? 'No API key opens anything.'
      : `**${count(keys, 'API key has', 'API keys have')} ended**, of ${count(people, 'person', 'people')}; ${number(told)} told in their chats. With \`!apikey new\` they make new ones.`,
  'rotate.unknown': ({ given, items }) =>
    `${given === '' ? 'Say which' : `There is no “${given}”`}. There are: ${list(items.map(String))}.`,
  'rotate.how.passphrase': () =>
    'at the server’s shell, `kinkeeper keys passphrase`. I notice by myself when it is done.',
  'rotate.how.recovery-code': () =>
    'at the server’s shell, `kinkeeper keys recovery-code`; write it on paper. I notice by myself.',
  'rotate.how.master-key': () =>
    'stop bot and ops, then `kinkeeper keys rotate-master` at the server’s shell; it makes a new recovery code as well. I notice by myself.',
  'rotate.how.people-keys': () => 'here, `!keys rotate yes`. I notice by myself.',
  'rotate.how.bot-password': () =>
    'set a new password for my account at the homeserver (Synapse Admin, or `/account/password` of its API, logging out other devices but not me), and write it into the file of `matrix.passwordFile`. My session and device stay.',
  'rotate.how.accounts-token': () =>
    'log the account whose token it is out at the homeserver (`/logout/all` with that token), give it a new password, log it in again, and write the new token into the file of `homeserver.adminTokenFile`; restart bot. Then look for **administrators that you did not make** (`/_synapse/admin/v2/users?admins=true`).',
  'rotate.how.api-keys': () => 'everybody ends their own with `!apikey revoke` and makes new ones.',
  'rotate.how.model-keys': () =>
    'make a new key at each model server that you use, write it into its `...apiKeyFile`, restart bot, and then **withdraw the old key there**. With local models: skip.',
  'rotate.how.database': () =>
    'a new `api_key` for Qdrant (its settings and `store.apiKeyFile`), a new password for the homeserver’s database (`ALTER ROLE … PASSWORD`, its settings and `homeserver.connectionFile`); restart them and try that the old one is refused. Without either: skip.',
  'rotate.how.ssh-host-keys': () =>
    'as root: `rm /etc/ssh/ssh_host_*` and `ssh-keygen -A`, then `systemctl restart ssh`; note the new fingerprints from the provider’s console, and look through every `authorized_keys`.',
  'rotate.how.wireguard': () =>
    'as root: `wg genkey` for the server and for every device, exchange the public halves, remove the old peers, `systemctl restart wg-quick@wg0`. Keep a second way in open until it works.',
  'rotate.how.backup-key': () =>
    '**not on this server:** `kinkeeper backup keys` on your own machine, its public half into the file of `backup.recipientsFile`. Keep the old private half: older backups open with it alone. New passwords for the remotes, too.',
};
