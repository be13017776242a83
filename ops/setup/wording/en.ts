import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ActName } from '../plan/plan.ts';
import type { QuestionName } from '../questions.ts';
import type { SetupTexts } from './facts.ts';

const { bytes, duration, number } = FORMATS.en;

const ACTS: Readonly<Record<ActName, string>> = {
  'backup-key': 'Make the key that backups are sealed to',
  'host-helper': 'Install the host helper, which does what only root can',
  vpn: 'Set up WireGuard and the devices',
  certificate: 'Make the certificate of the server’s name, or take yours',
  homeserver: 'Start database and homeserver',
  accounts: 'Make the accounts of bot and people',
  'rate-limit': 'Lift the homeserver’s limit of messages for the bot',
  'admin-token': 'Give the bot its right to make accounts for new people',
  model: 'Fetch the language model',
  start: 'Start bot and ops',
  'first-message': 'Send an encrypted file through it and ask about it',
  hardening: 'Harden this host, as you said',
};

const WANTED: Readonly<Record<QuestionName, string>> = {
  kind: 'Please type compose or bare.',
  data: 'Please type an absolute path without blanks, such as /srv/kinkeeper.',
  serverName: 'Please type a domain of small letters, such as home.example.',
  host: 'Please type a name such as chat.home.example.',
  reach: 'Please type vpn or internet.',
  devices: 'Please type names of small letters, digits and hyphens, such as adas-phone.',
  endpoint: 'Please type a name or an address, such as 203.0.113.7: the devices need it.',
  certificate: 'Please type own-ca, or two absolute paths: the chain and its key.',
  timeZone: 'Please type a time zone such as Europe/Berlin.',
  profiles: 'Please type some of qdrant, element, monitoring, or nothing.',
  homeserver: 'Please type an address such as http://127.0.0.1:8008.',
  homeserverConfig: 'Please type the absolute path of a file.',
  start: 'Please type systemd or detached.',
  admin: 'Please type one name of small letters (a-z) and digits, such as ada: no blanks, no colon.',
  members:
    'Please type names of small letters (a-z) and digits, each once and none of them yours, such as ben cleo:de.',
  bot: 'Please type a name of small letters (a-z) and digits that none of the people has.',
  model:
    'Please type auto, none, or the name of a model as Ollama writes it, such as qwen3:4b; for containers one that is offered.',
  backupKey: 'Please type make, none, or the absolute path of a file with your public key.',
  makesAccounts: 'Please type yes or no.',
  hardening: 'Please type some of updates, sysctl, time, modes, auditd, fail2ban, swap, firewall, ssh, or nothing.',
};

const MODEL_WHY: Readonly<Record<SetupTexts['check.auto']['why'], string>> = {
  largest: 'the largest that is offered',
  memory: 'a larger one needs more memory',
  disk: 'a larger one needs more room on the disk',
  fetched: 'it was fetched by an earlier run',
  ollama: 'the largest that the Ollama of this machine has',
};

const BACKUP_KEY: Readonly<Record<SetupTexts['check.backup-key']['fault'], string>> = {
  missing: 'is not there. Copy the file with your public key there, or answer make or none.',
  unreadable: 'cannot be read. Expected a file that this account may read: see to its mode and owner (`ls -l`).',
  'in-data':
    'lies inside of the data folder (DATA), where the bot could change it, and is lost with it. Move it elsewhere, such as /root.',
  private:
    'holds a private key: with it, whoever breaks in reads every backup. Take it off this server, and name the public half.',
  unusable:
    'holds no public OpenPGP key that backups can be sealed with: none at all, one that has ended or was revoked, or one that is not for encrypting. `kinkeeper backup keys` makes one.',
  others:
    'can be changed by others than you and root, who could put their own key there: chown it and chmod go-w it, with the folders above.',
};

/** English: `kinkeeper setup`. */
export const setup: Entries<SetupTexts> = {
  'check.no-root': () => 'Set-up needs root for this kind. Run it with sudo.',
  'check.root': ({ isRoot }) =>
    isRoot ? 'Set-up runs as root.' : 'Set-up runs as an ordinary account: everything will belong to it.',
  'check.no-systemd': () =>
    'There is no systemd here that could start services. Choose start: detached, or another machine.',
  'check.avx2-unknown': () =>
    'The processor does not say whether it has AVX2. Without it a language model is too slow.',
  'check.avx2': () => 'The processor has what language models need (AVX2, or ARM).',
  'check.no-avx2': ({ wantsModel }) =>
    `The processor of this guest has no AVX2.${wantsModel ? ' A language model would take minutes for an answer: answers will be the passages themselves. Ask the host for a newer processor type, or choose model: none.' : ''}`,
  'check.memory-unknown': () => 'This machine does not say how much memory it has.',
  'check.memory-short': ({ memoryBytes, needed }) =>
    `${bytes(memoryBytes)} of memory are too little: ${bytes(needed)} are needed. Add memory, or swap for a start.`,
  'check.memory': ({ memoryBytes }) => `${bytes(memoryBytes)} of memory are enough.`,
  'check.memory-model': ({ memoryBytes, model }) =>
    model === ''
      ? `${bytes(memoryBytes)} of memory are enough for everything but a language model: answers will be the passages themselves.`
      : `${bytes(memoryBytes)} of memory are enough, also for the model ${model}.`,
  'check.model-large': ({ model, memoryBytes, fits }) =>
    `${model} is too large for ${bytes(memoryBytes)} of memory. ${fits === '' ? 'No model fits: choose model: none.' : `${fits} fits.`}`,
  'check.no-model': ({ model, names }) =>
    `Ollama has no model ${model}. ${names === '' ? 'It has none yet' : `It has: ${names}`}. Fetch it (\`ollama pull ${model}\`), or choose another, auto or none.`,
  'check.auto': ({ model, why }) => `model: auto comes to ${model}: ${MODEL_WHY[why]}.`,
  'check.auto-none': ({ hasOllama }) =>
    `model: auto comes to none: ${hasOllama ? 'the Ollama of this machine has none that words answers' : 'no Ollama answers at 127.0.0.1:11434'}. Answers will be the passages themselves. ${hasOllama ? 'Fetch a model' : 'Install it, fetch a model'} (\`ollama pull qwen3:4b\`), and restart the bot: it takes it by itself.`,
  'check.backup-key': ({ file, data, fault }) => `backupKey: ${file} ${BACKUP_KEY[fault].replace('DATA', data)}`,
  'check.no-ollama': ({ model }) =>
    `There is no Ollama on this machine that could run ${model}: until there is, answers are the passages themselves.`,
  'check.synapse': ({ homeserver, serverName }) => `Synapse answers at ${homeserver} and serves ${serverName}.`,
  'check.no-synapse': ({ homeserver }) =>
    `No Synapse answers at ${homeserver}. Start it, or correct homeserver in the answers.`,
  'check.no-admin-api': ({ homeserver }) =>
    `${homeserver} keeps Synapse’s admin API back. Name Synapse itself (such as http://127.0.0.1:8008), not the proxy before it.`,
  'check.no-secret': ({ says, hint }) => `${says}. ${hint}`,
  'check.secret-not-read': ({ homeserverConfig }) =>
    `Synapse runs without the registration_shared_secret that stands in ${homeserverConfig}: restart it, it reads that only when it starts.`,
  'check.server-name': ({ serverName, homeserverConfig, found }) =>
    `The domain ${serverName} is not that of Synapse: server_name in ${homeserverConfig} is ${found}. Answer ${found}, or name the right file.`,
  'check.phones': ({ serverName }) => `Phones find Synapse by https://${serverName}.`,
  'check.no-phones': ({ serverName }) =>
    `https://${serverName} leads to no Matrix server from here, and that is where phones will look: it takes a certificate and /.well-known/matrix/client, or a proxy before Synapse. Inside a VPN alone that may be as it should.`,
  'check.speed': ({ model, tokensPerSecond, isSlow }) =>
    `${model} was tried here: ${number(tokensPerSecond)} tokens (pieces of words) a second. ${isSlow ? 'That is too slow to wait for: choose a smaller model, or model: none.' : `An answer takes about ${duration((150 / tokensPerSecond) * 1000)}.`}`,
  'check.disk-unknown': ({ folder }) => `It cannot be told how much room there is for ${folder}.`,
  'check.disk': ({ folder, freeBytes, needed }) =>
    `${bytes(freeBytes)} are free for ${folder}; ${bytes(needed)} are recommended.`,
  'check.closed-folder': ({ folder }) =>
    `${folder} lets no other account pass, and bot and ops have accounts of their own: chmod o+x ${folder}, or choose another folder (for the product: /opt/kinkeeper).`,
  'check.others-folder': ({ folder, of, isRoot }) => {
    const [what, place] = of === 'data' ? ['data', '/srv/kinkeeper'] : ['the product', '/opt/kinkeeper'];
    return isRoot
      ? `${folder}, on the way to ${what}, can be changed by others than root, who could make set-up write to files of the system: choose a folder where only root may write all the way (for ${what}: ${place}); or, if it shall be root's, chown root:root ${folder} && chmod go-w ${folder}.`
      : `${folder}, on the way to ${what}, can be changed by others than you and root, who could make set-up write to your other files: choose a folder in your home for ${what}; or, if it is yours, chmod go-w ${folder}.`;
  },
  'check.encrypted': () => 'The data folder lies on an encrypted volume.',
  'check.not-encrypted': ({ isKnown }) =>
    `${isKnown ? 'The data folder lies on no encrypted volume' : 'It cannot be told whether the data folder lies on an encrypted volume'}. Papers are sealed anyway; the passphrase beside them is not. \`/usr/lib/kinkeeper-host/kinkeeper-harden\` makes such a volume (\`ops/RUNBOOK.md\`, *Hardening the host*).`,
  'check.plain-swap': () =>
    'The swap is not encrypted: keys that were in memory may lie on the disk. Turn it off, or encrypt it.',
  'check.port': ({ port }) =>
    `Port ${port} is taken by another program. End that, or give it another port: \`ss -ltnp\` names it.`,
  'check.name': ({ host, addresses }) => `${host} leads to ${addresses}.`,
  'check.no-name': ({ host, isVpn }) =>
    `The name ${host} leads nowhere. ${isVpn ? 'Inside the VPN that can be mended later, by a line in its DNS.' : 'Make a DNS entry for it at your provider, and wait a few minutes.'}`,
  'check.clock-unknown': () => 'It cannot be told whether a time server keeps the clock.',
  'check.key-unattended': () =>
    'With --answers nobody is asked: the private half of the backup key is printed into this output, once. Let that go into no log; or make a key elsewhere (`kinkeeper backup keys`), and name its public half as backupKey.',
  'check.clock': () => 'A time server keeps the clock.',
  'check.clock-wrong': () =>
    'No time server keeps the clock: `timedatectl set-ntp true`. Certificates and schedules need the right time.',
  'check.docker': ({ version }) => `Docker ${version} runs.`,
  'check.no-docker': ({ version, least }) =>
    version === ''
      ? 'Docker does not answer. Install it (`apt-get install docker.io`, on Debian 13 docker-cli with it), start it, and run set-up again.'
      : `Docker ${version} is too old: ${least} or newer is needed.`,
  'check.podman': ({ version, account }) => `Podman ${version} runs${account === '' ? '' : ` for ${account}`}.`,
  'check.no-podman': ({ version, least }) =>
    version === ''
      ? 'Podman does not answer as `docker`. Install it (`apt-get install podman podman-docker docker-compose`), and run set-up again.'
      : `Podman ${version} is too old: ${least} or newer is needed (Debian 13).`,
  'check.podman-lacks': ({ what, account, uid }) =>
    ({
      account: `There is no account ${account}: \`useradd -m -s /bin/bash ${account}\`.`,
      linger: `What ${account} runs ends when it logs out: \`loginctl enable-linger ${account}\`.`,
      numbers: `The account ${account} has no 65536 numbers of its own for accounts in containers: \`usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${account}\`, with other numbers where these are another account’s.`,
      ports:
        'Accounts without rights of root may not listen at port 80: `echo net.ipv4.ip_unprivileged_port_start=80 > /etc/sysctl.d/60-kinkeeper-podman.conf && sysctl --system`.',
      socket:
        account === ''
          ? 'Nobody answers at Podman’s socket: `systemctl enable --now podman.socket`.'
          : `Nobody answers at Podman’s socket of ${account} (${uid}): \`systemctl --user --machine=${account}@ enable --now podman.socket\`.`,
    })[what],
  'check.compose': ({ version }) => `Docker Compose ${version} is there.`,
  'check.compose-unknown': ({ version, least }) =>
    `Docker Compose does not say which version it is (“${version}”): ${least} or newer is needed.`,
  'check.no-compose': ({ version, least }) =>
    version === ''
      ? 'Docker Compose is missing (`apt-get install docker-compose`; on Ubuntu docker-compose-v2).'
      : `Docker Compose ${version} is too old: ${least} or newer is needed.`,

  'ask.hello': () =>
    'This sets Kinkeeper up. Every question has a default in brackets: Enter takes it. Nothing is changed before you have seen what would be.',
  'ask.kind': () =>
    'How should it run: compose (everything in containers, Matrix server included) or bare (beside a Synapse that is here)?',
  'ask.data': () => 'Folder for everything with data. Best on an encrypted volume',
  'ask.server-name': () =>
    'Your family’s domain: what stands behind the colon of every address, such as home.example. It can never be changed',
  'ask.host': () => 'Name under which phones reach this server, such as chat.home.example',
  'ask.reach': () =>
    'Who should reach it: vpn (only your own devices; safest) or internet (port 443, open to everybody)?',
  'ask.homeserver': () => 'Address of Synapse as this machine reaches it',
  'ask.homeserver-config': () => 'Path of its homeserver.yaml, which holds the secret that accounts are made with',
  'ask.start': () =>
    'How should bot and ops be started: systemd (services) or detached (in the background, without systemd)?',
  'ask.bot': () => 'Name of the bot’s account',
  'ask.admin': () => 'Your own name on the server: small letters, such as ada. You are the admin',
  'ask.members': () =>
    'Names of the others, with blanks between them; who reads another language gets it behind a colon, such as cleo:de (more can be added later in the chat)',
  'ask.devices': () => 'Phones and computers that get a way in by VPN, such as adas-phone bens-phone',
  'ask.model': ({ fits }) =>
    `Which model should write the answers: auto (${fits === '' ? 'the best that Ollama has here' : `the largest that fits: here ${fits}`}), none (the passages themselves), or a name?`,
  'ask.backup-key': () =>
    'Backups are sealed to a key that is never on this server: make (shown once, for paper), none, or a file with your public key',
  'ask.makes-accounts': () =>
    'May the bot make accounts for new people (`!people add`), by an account that administers the homeserver (yes/no)?',
  'ask.hardening': () =>
    'Which measures should harden this host at the end (each can be undone)? updates: security updates by themselves; sysctl, time, modes: kernel, clock, file modes; auditd: notes who touches our files; fail2ban: shuts out who guesses; swap: encrypted; firewall: nothing open but what is needed; ssh: keys only, no root. The last two undo themselves unless you confirm them from a new session. Names with blanks between them, or nothing',
  'ask.again': ({ name }) => `That cannot be used. ${WANTED[name]}`,
  'ask.go-on': () => 'Shall I do that? (yes/no)',
  'ask.yes-or-no': () => 'Please type yes or no.',
  'ask.certificate': () =>
    'The certificate: own-ca (an authority of your own, which each phone has to take once; right for a VPN), or one from elsewhere, as two paths with a blank between: the chain and its key',
  'ask.time-zone': () => 'Your time zone: schedules go by it',
  'ask.profiles': () =>
    'Anything more: element (the app in a browser), monitoring (figures and their watch), qdrant (another store, for large households)? Names with blanks between them, or nothing',
  'ask.default': ({ value }) => `[${value}]`,
  'ask.choice': ({ isYes }) => (isYes ? 'yes' : 'no'),
  'ask.endpoint': () => 'Name or address by which these devices reach this server from outside, such as 203.0.113.7',
  'ask.last-answers': ({ file }) =>
    `Take the answers of last time as they are (${file})? no asks every question again, with those as its defaults. [yes]`,
  'ask.laid-answers': ({ file }) =>
    `A household lies in that folder already. Take its answers as they are (${file})? no asks the other questions, with those as their defaults. [yes]`,

  'status.ok': () => 'ok  ',
  'status.warn': () => 'look',
  'status.fail': () => 'STOP',
  'stopped-by-checks': () =>
    'Nothing was changed. Mend what says STOP, and run set-up again: it offers the same answers, and you may change them.',
  'change.folder': ({ path }) => `+ folder  ${path}`,
  'change.file': ({ path, isNew }) => `${isNew ? '+' : '~'} file    ${path}`,
  'change.access': ({ path }) => `~ access  ${path}`,
  'change.secret': ({ path }) => `+ secret  ${path}`,
  'change.act': ({ act }) => `> ${ACTS[act]}`,
  ended: ({ ended }) => `Not running any more: ${ended}`,
  'people.stay': ({ people }) =>
    `${people.join(', ')}: not in the answers, but still in the household, with their papers. What takes somebody out is \`people remove ${people[0]}\` in the ops room.`,
  'changes.none': () => 'Everything is as it should be: nothing was changed.',
  'changes.shown': () => 'That is what set-up would do. Nothing was changed.',
  'changes.helper': () => 'Nothing has to change but an account that set-up made for itself: it is closed.',
  'changes.head': () => 'What will be done:',
  'step.under-way': ({ act }) => `… ${ACTS[act]}`,
  'step.done': ({ act, tookMs }) => `✓ ${ACTS[act]} (${duration(tookMs)})`,
  card: (card) =>
    [
      `Set-up card for ${card.user}. ${SHOWN_ONCE}`,
      ...logIn(card),
      `  Bot       ${card.bot}   (start a chat with this address)`,
      SIGN_IN,
      '  Then set up recovery and verify your session, as Element offers: the bot answers verified sessions only. Keep the',
      '  recovery key on paper: without it, messages are lost with the phone.',
    ].join('\n'),
  'card.anew': ({ confirm, ...card }) =>
    [
      `Card with a new password for ${card.user}. ${SHOWN_ONCE}`,
      ...logIn(card),
      `  Bot       ${card.bot}   (go on in the chat with it)`,
      '  It is the same account as before, with its chats: only the password is new, and every phone and computer is logged',
      '  out. Papers and API keys are as they were.',
      SIGN_IN,
      '  Then verify the new session with the recovery key: the bot answers verified sessions only, and earlier messages can',
      '  be read again. Without a recovery key, let Element set up a new identity and recovery: earlier messages stay',
      `  unreadable then, and if the bot knew another identity, it waits for: ${confirm}`,
    ].join('\n'),
  'backup.key': ({ privateKey, passphrase }) =>
    [
      'The private half of the backup key opens every backup. It is shown once and kept nowhere here. Keep it in two places away',
      'from this server, and its passphrase apart from it. Without both no backup can ever be opened. This key alone counts: one that',
      'an earlier run showed opens nothing.',
      '',
      privateKey.trim(),
      '',
      `Passphrase: ${passphrase}`,
      '',
    ].join('\n'),
  'backup.kept': () =>
    'Do you have both now, in two places? Print them, or keep them in a password manager and on a USB stick: nobody can copy that by hand. (yes/no)',
  'backup.not-kept': () =>
    'Then this key is not used. Run set-up again when you can keep both: it goes on here, with another key.',
  'vpn.device': ({ device }) => `WireGuard for ${device}: scan this in its WireGuard app. It is shown once.`,
  'first.question': () => 'What is the code of this first paper?',
  'first.file-name': () => 'first-paper.txt',
  'first.file': ({ code }) => `The first paper of this household. The code of this first paper is ${code}.`,
  'first.answered': ({ question, kept, answer, isModelMissing, tookMs }) =>
    [
      `${isModelMissing ? 'It works, but without the language model, which did not answer: look at it with doctor' : 'It works'}. A guest sent an encrypted file and asked about it; that took ${duration(tookMs)}:`,
      ...quoted(kept),
      `  Guest: ${question}`,
      ...quoted(answer),
      'The guest and the paper are erased again.',
    ].join('\n'),
  'hardening.confirm': ({ command }) =>
    `It undoes itself unless you confirm it: leave this session open, log in by SSH in a second one, and type there\n  ${command}`,
  'hardening.failed': ({ names, tool }) =>
    `These measures did not take effect, and all is as before: ${names}. Mend what they say and run set-up again; \`${tool} plan\` shows what each would change.`,
  'first.failed': ({ answer, doctor }) =>
    `The bot did not answer as it should.${answer === '' ? '' : ` It said last:\n${quoted(answer).join('\n')}\n`} \`${doctor}\` says what is wrong; then run set-up again.`,
  'synapse.rests': ({ ms }) =>
    `  Synapse allows only a few log-ins in a row: this goes on by itself in ${duration(ms)} (Ctrl-C stops it).`,
  'helper.stays': () => 'Accounts that set-up made for itself could not be ended just now: the next run ends them.',
  declined: () => 'All right, nothing was changed. The answers are kept: set-up offers them again.',
  'already-running': ({ data }) =>
    `Another run of set-up is at work on ${data}. Nothing was changed. Wait until it has ended, or end it there with Ctrl-C; then run this again.`,
  stopped: () => 'Stopped. What was done stays; run set-up again and it goes on from here.',
  prepared: ({ backups, product }) =>
    [
      'Everything lies ready, and nothing was started. Now the restore:',
      `  1. The backup into ${backups}, the private half of its key into /dev/shm/backup-key.asc.`,
      `  2. ${product}/config/deploy/restore.sh ${product} ${backups}/kin-….tar.zst.gpg /dev/shm/backup-key.asc`,
      '  3. What it says at its end; then run set-up once more, without --prepare.',
    ].join('\n'),
  'finished-again': ({ changes, people, doctor, tookMs }) =>
    [
      `Done (${duration(tookMs)}).${changes.length === 0 ? '' : ' What changed:'}`,
      ...changes.map((line) => `  ${line}`),
      ...(people.length === 0 ? [] : [`Hand over the set-up cards that stand above: ${people.join(', ')}.`]),
      `Nothing else has to be done; recovery keys and log-ins stay as they were. \`${doctor}\` looks whether all is well.`,
    ].join('\n'),
  finished: ({ admin, settingsFile, doctor, reset, tookMs }) =>
    [
      `Kinkeeper is set up (${duration(tookMs)}). Now:`,
      `  1. Log in as ${admin} in Element, verify your session, and accept the invitation to the room "Kinkeeper ops".`,
      `     If your card is lost: ${reset}`,
      '  2. Write down the two recovery keys that stand there, and confirm: !keys confirm <last five characters>.',
      '  3. Send the bot your first file.',
      `Settings: ${settingsFile}. \`${doctor}\` looks whether all is well.`,
    ].join('\n'),
};

const SHOWN_ONCE = 'It is shown once: hand it over on paper or by word of mouth.';
const SIGN_IN =
  '  In Element: Sign in, change the server to the one above, then name and password. The picture holds the server.';

function logIn({ server, user, password }: Omit<SetupTexts['card'], 'bot'>): string[] {
  return [
    `  Server    ${server}`,
    `  Name      ${user}`,
    `  Password  ${password}   (to be changed after the first log-in)`,
  ];
}

function quoted(text: string): string[] {
  return text.split('\n').map((line, at) => (at === 0 ? `  Kinkeeper: ${line}` : `             ${line}`));
}
