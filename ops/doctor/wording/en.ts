import type { Entries } from '../../../core/wording/shape.ts';
import type { DoctorTexts } from './facts.ts';

const from = (file: string) => (file === '' ? 'the environment' : file);
const more = (count: number) => (count === 0 ? '' : `, and ${count} more`);

/** English: what the doctor says. */
export const doctor: Entries<DoctorTexts> = {
  'node.is': ({ version }) => `Node.js ${version}`,
  'node.old': ({ version }) => `Node.js ${version} is too old`,
  'node.fix': ({ least }) => `Install Node.js ${least} or newer, or start with npm run.`,
  'reading.changed': () => 'a sample came back changed',
  'reading.image': () => 'Build the image anew, or fetch it again.',
  'reading.fix': () => 'Look whether prlimit (util-linux) and /proc are there.',
  'reading.works': () => 'a sample was read in the sandbox (prlimit, no rights, limited memory)',
  'network.none': () => 'a reading process gets no network at all (unshare)',
  'network.shared': () =>
    'unshare is forbidden here: a reading process cannot open sockets, but shares the network namespace',
  'network.fix': () => 'Allow unprivileged user namespaces if this machine can (sysctl user.max_user_namespaces).',
  'dumps.off': () => 'bot and ops turn their core dumps off',
  'dumps.on': () => 'core dumps cannot be turned off here: a crash may write keys to the disk',
  'dumps.fix': () => 'Install util-linux (prlimit), or start the services with LimitCORE=1.',
  'memory.untold': () => 'this machine does not tell how much is free',
  'memory.is': ({ free, needed, limit, isLocal }) =>
    `${free} are free, about ${needed} are needed${isLocal ? ' with the local embedding model' : ''}${limit === '' ? '' : `; this container may take ${limit} of them`}`,
  'memory.fix': () => 'Add memory or swap, or set embedding.kind to none.',
  'models.coming': ({ folder, model, host }) =>
    `${folder} lacks ${model}: the bot downloads it from ${host} (about 140 MiB) when it starts`,
  'models.coming.fix': () => "Start the bot and look again, or put the model's folder there yourself.",
  'models.missing': ({ folder, model }) => `${folder} holds no model ${model}`,
  'models.missing.fix': () =>
    "Put the model's folder (config.json, tokenizer.json, onnx/) there, correct embedding.model, or set embedding.downloadUrl.",
  'models.are': ({ folder, names }) => `${folder} holds ${names}`,
  'models.none': ({ folder }) => `no local models in ${folder}: the built-in signals do the finding`,
  'settings.valid': ({ file }) => `${from(file)} is valid`,
  'settings.open': ({ file, mode }) => `${file} can be changed by others than its owner (mode ${mode})`,
  'settings.correct': ({ key, variable, file }) =>
    `Correct ${key}${variable === '' ? '' : ` (or the variable ${variable})`} in ${from(file)}.`,
  'settings.no-tls': ({ key }) => `${key} is reached without TLS at another machine`,
  'settings.no-tls.fix': () => 'Use https://, or a private network that nobody else can listen on.',
  'secrets.well': () => 'the password of the bot is readable by its owner only',
  'secrets.no-password': () => 'no password of the bot is named',
  'secrets.no-password.fix': () => 'Set matrix.passwordFile: the bot needs it for its first login.',
  'secrets.sealed': () => 'no passphrase file: bot and ops start sealed and wait for `kinkeeper unlock`',
  'secrets.short': () => 'the passphrase is shorter than 12 characters',
  'secrets.short.fix': () => 'Choose several words; set it anew with the recovery code.',
  'people.no-admin': () => 'the settings name no admin',
  'people.no-admin.fix': () => 'Name one under people, unless one was added in the ops room.',
  'setup.unended': () => 'set-up did not come to its end',
  'setup.guests': () => 'accounts that set-up made for itself are still there',
  'setup.well': () => 'set-up came to its end, and was tried out with a message',
  'clock.kept': () => 'a time server keeps the clock',
  'clock.untold': () => 'it cannot be told here whether a time server keeps the clock',
  'clock.loose': () => 'no time server keeps the clock: schedules and certificates go by it',
  'look-on-host': ({ command }) => `Look on the host: ${command}`,
  'swap.well': () => 'there is no swap, or it is encrypted',
  'swap.untold': () => 'it cannot be told here whether there is swap in the clear',
  'swap.plain': () => 'the swap is in the clear: keys that were in memory may lie on the disk',
  'volume.sealed': () => 'the state folder lies on an encrypted volume',
  'volume.untold': () => 'it cannot be told here whether the state folder lies on an encrypted volume',
  'volume.plain': () => 'the state folder lies on no encrypted volume: the passphrase beside it is as safe as the disk',
  'volume.fix': ({ command }) =>
    `Move the data to a LUKS volume (${command}), or leave keys.passphraseFile out and unlock by hand.`,
  'processor.well': () => 'it has what models need (AVX2, or ARM)',
  'processor.untold': () => 'it does not say whether it has AVX2',
  'processor.slow': () => 'it has no AVX2: models are many times slower',
  'processor.fix': () => 'Ask the host for another processor type, or set answering.kind to extractive.',
  'state.none': ({ folder }) => `${folder} is not there yet`,
  'state.none.fix': () => 'The first start of the bot makes it; or correct stateDir.',
  'state.no-folder': ({ folder }) => `${folder} is no folder`,
  'state.no-folder.fix': () => 'Correct stateDir.',
  'state.not-ours': ({ folder }) => `${folder} cannot be written by this account`,
  'state.well': ({ folder }) => `${folder} is writable, and closed to others`,
  'state.open': ({ folder }) => `${folder} can be entered by other accounts`,
  'stores.sealed': ({ count }) => `all ${count} stores are encrypted`,
  'store.plain': ({ file }) => `${file} is not encrypted: nothing of Kinkeeper wrote it so`,
  'store.short': ({ file }) => `${file} is too short to be a store`,
  'store.of-nobody': ({ file }) => `${file} has a name that Kinkeeper gives to no store`,
  'store.unreadable': ({ file, code }) => `${file} cannot be read by this account (${code})`,
  'store.aside': ({ command }) =>
    `Find out who put it there; then stop bot and ops, and put it aside: ${command}. Papers that are missing then come back from a backup (ops/RUNBOOK.md).`,
  'store.restore': ({ command }) => `Bring the papers in it back from a backup (ops/RUNBOOK.md), after: ${command}`,
  'disk.free': ({ size }) => `${size} are free for the state folder`,
  'disk.fix': ({ size, folder }) =>
    `Free ${size === '' ? 'inodes (many small files)' : `${size} more`} on that volume: \`df -h ${folder}\` names it, \`du -xh / | sort -h | tail\` what is large.`,
  'keys.none': () => 'there are no keys yet',
  'keys.none.fix': () => 'The first start of the bot makes them and shows the recovery code once.',
  'keys.weak': () => 'keys.json stretches the passphrase less than it should',
  'keys.weak.fix': () => 'Set the passphrase anew in a fresh state folder.',
  'keys.whole': ({ mebibytes, passes }) => `keys.json is whole (argon2id, ${mebibytes} MiB, ${passes} passes)`,
  'keys.fix': () => 'Put back keys.json from a backup.',
  'passphrase.opens': () => 'the passphrase in its file opens the keys, and with them each backup of today',
  'passphrase.wrong': () =>
    'the passphrase in the file of keys.passphraseFile opens neither the keys nor a backup: the next start will fail',
  'passphrase.fix': ({ file, command }) =>
    `Write the right one into ${file}. Does nobody know it any more, the recovery code sets a new one: ${command}`,
  'process.off': ({ name }) => `${name} is not running`,
  'process.sealed': ({ name }) => `${name} is running, but sealed: it waits for the passphrase`,
  'process.runs': ({ name }) => `${name} is running`,
  'process.untold': ({ name, why }) => `it cannot be told whether ${name} is running: ${why}`,
  'process.fix': () => 'Mend that first.',
  'backup.readable': ({ files }) => `this account can read all ${files} files that a backup takes along`,
  'backup.without': ({ names, more: count }) => `a backup would be made without ${names}${more(count)}`,
  'backup.without.fix': () =>
    'Correct homeserver.folder and homeserver.media where they are mistyped; put files where links stand.',
  'backup.fix': () => 'Let the account that runs ops read it.',
  'homeserver.answers': ({ url, name, newest }) => `${url} answers (${name}, Matrix ${newest})`,
  'homeserver.unknown': () => 'a homeserver of unknown make',
  'homeserver.old': ({ url, name, newest }) =>
    `${url} answers, but speaks ${newest === '' ? 'no released version' : newest} (${name})`,
  'homeserver.old.fix': () => 'Update it: Matrix v1.11 or newer is needed.',
  'homeserver.away.fix': ({ command }) =>
    `Start the homeserver${command === '' ? '' : ` (${command})`}, or correct matrix.homeserver.`,
  'server.away': ({ what, status, code }) =>
    status === 0
      ? `${what} does not answer${code === '' ? '' : ` (${code})`}`
      : `${what} answers with status ${status}`,
  'server.odd': ({ what }) => `${what} answers, but not with what was expected`,
  'model.no-server': ({ section, kind }) => `${section} is ${kind}: no server is asked`,
  'model.no-ollama': ({ section }) =>
    `${section} is auto, and there is no Ollama on this machine: it does with what is built in`,
  'model.ollama': ({ section, count }) => `${section} is auto, and Ollama is on this machine (${count} models)`,
  'model.there': ({ what, model }) => `${what} has the model ${model}`,
  'model.missing': ({ what, model }) => `${what} has no model ${model}`,
  'model.fetch': ({ section, command }) => `${command}, or correct ${section}.model.`,
  'model.unlisted': ({ what, model }) => `${what} does not list the model ${model}`,
  'model.unlisted.fix': ({ section }) => `Correct ${section}.model, unless the server loads models by name.`,
  'model.start': ({ section, isOllama }) =>
    isOllama
      ? `Start Ollama, or correct ${section}.url.`
      : `Start the server, or correct ${section}.url and its key file.`,
  'log-in.opens': ({ user }) => `the password opens the account ${user}`,
  'log-in.other': ({ other, user }) => `the password opens ${other}, and the settings name ${user}`,
  'log-in.other.fix': () => 'Correct matrix.userId.',
  'log-in.often': () => 'the homeserver lets nobody log in more often just now',
  'log-in.often.fix': ({ minutes }) => `Look again ${minutes === 0 ? 'later' : `in ${minutes} minutes`}.`,
  'log-in.domain': ({ homeserver, domain, own }) =>
    `${homeserver} is the server of ${domain}, and matrix.userId is of ${own}`,
  'log-in.domain.fix': () => 'Correct one of them.',
  'log-in.wrong': ({ homeserver, user }) => `${homeserver} does not take the password of ${user}`,
  'log-in.wrong.fix': () =>
    'Write the right one into the file of matrix.passwordFile, or correct matrix.userId (its domain, too).',
  'accounts.may': ({ homeserver }) => `the bot may see to accounts on ${homeserver}`,
  'accounts.refused': ({ homeserver }) => `${homeserver} refuses the token of homeserver.adminTokenFile`,
  'accounts.refused.fix': () =>
    'Log an administrator of the homeserver in, and write its access token into that file; or leave the setting out.',
  'accounts.odd': ({ homeserver, status }) => `${homeserver} answers with status ${status} at /_synapse/admin`,
  'accounts.odd.fix': () => 'matrix.homeserver must be Synapse itself, not a proxy that keeps its admin API back.',
  'registration.closed': () => 'strangers cannot make accounts',
  'registration.open': ({ homeserver }) => `${homeserver} lets strangers begin to make an account`,
  'registration.fix': ({ command }) =>
    `Set enable_registration: false in homeserver.yaml, and restart Synapse${command === '' ? '' : `: ${command}`}.`,
  'certificate.ended': () => 'the certificate of the homeserver has ended',
  'certificate.ends': ({ days }) => `the certificate of the homeserver ends in ${days} days`,
  'certificate.fix': ({ command }) => `Look why it is not renewed: ${command}`,
  'index.fix.start': () =>
    'Start Qdrant, or correct store.url. Until then the sealed files are searched; nothing is lost.',
  'index.open': ({ name }) => `${name} lets everybody in`,
  'index.open.fix': () => 'Set service.api_key and service.jwt_rbac: true in Qdrant, and restart it.',
  'index.refuses': ({ name, status }) => `${name} refuses tokens signed with this key (status ${status})`,
  'index.refuses.fix': () =>
    'store.apiKeyFile must hold service.api_key of Qdrant, which must run with service.jwt_rbac: true.',
  'index.loose': ({ name, status }) => `${name} does not keep tokens to their collection (status ${status})`,
  'index.loose.fix': () => 'Set service.jwt_rbac: true in Qdrant, version 1.15 or newer.',
  'index.well': ({ name }) => `${name} answers, asks for a key, and keeps tokens to their collection`,
  'index.name': ({ version, url }) => `Qdrant ${version === '' ? 'of unknown version' : version} at ${url}`,
  'index.short': ({ least }) => `the key of Qdrant is shorter than ${least} characters`,
  'index.short.fix': () => 'Give Qdrant and store.apiKeyFile a long random one: openssl rand -hex 32',
  'account.judged': ({ account }) => `root asks: what follows is what the account of the bot (${account}) can do`,
  'account.cannot-run': ({ account, folder }) =>
    `the account of the bot (${account}) cannot run what lies in ${folder}`,
  'owners.well': ({ account }) => `what bot and ops write belongs to their account (${account})`,
  'owners.wrong': ({ account, names, more: count }) =>
    `${names}${more(count)} should belong to the account of the bot (${account})`,
  'secret-folder.well': ({ folder }) => `${folder} is closed to others`,
  'secret-folder.open': ({ folder, mode }) => `${folder} can be entered by other accounts (mode ${mode})`,
  'accounts-password.well': () => 'the password of the account that makes accounts is for root alone',
  'accounts-password.open': ({ mode }) =>
    `others can read the password of the account that makes accounts (mode ${mode})`,
  'accounts-password.not-roots': ({ account }) =>
    `the password of the account that makes accounts belongs to ${account}, not to root`,
};
