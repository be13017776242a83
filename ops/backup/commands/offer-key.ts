import type { Clock } from '../../../core/clock.ts';
import { AppError } from '../../../core/errors.ts';
import type { Prompt } from '../../keys/prompt.ts';
import { addRecipient, readRecipients } from '../archive/recipients.ts';
import { keyPictures, makeBackupKey } from '../make-key.ts';

/** What `kinkeeper backup keys` works with. */
export interface KeyOffer {
  /** backup.recipientsFile. */
  readonly recipientsFile: string;
  readonly prompt: Prompt;
  readonly say: (line: string) => void;
  /** How wide the terminal is; undefined where there is none. */
  readonly columns: number | undefined;
  readonly clock: Clock;
}

const KEPT = 'kept';
const TRIES = 3;

/**
 * Makes a key for backups, shows its private half once, and adds the public half to the recipients when somebody said that the
 * private one is kept. Nothing private is written anywhere. False when nobody said so: then nothing changed. Throws AppError
 * `invalid` (`passphrase-differs`, `backup-recipients`).
 */
export async function offerKey({ recipientsFile, prompt, say, columns, clock }: KeyOffer): Promise<boolean> {
  say(
    'A backup key has two halves. The public half stays on this server and can only seal. The private half opens every',
  );
  say('backup; it is shown here once and kept nowhere. Choose a passphrase for it: it is asked for at every restore.');
  const passphrase = await newPassphrase(prompt);
  const { publicKey, privateKey } = await makeBackupKey(passphrase);
  say('');
  say(
    'The private half. Keep all of it, first line to last, in two places away from this server (paper, phone, password manager):',
  );
  say('');
  say(privateKey.trim());
  say('');
  const pictures = await keyPictures(privateKey.trim(), columns);
  if (pictures.length === 0)
    say(
      '(This terminal is too narrow for pictures of it for a phone: copy the text, or begin anew in a window of 80 columns.)',
    );
  else if (pictures.length === 1) say('The same for a phone’s camera:');
  else
    say(
      `The same for a phone’s camera, in ${pictures.length} pictures: put their texts one below the other, in this order.`,
    );
  for (const [nth, picture] of pictures.entries()) say(`\n${nth + 1} of ${pictures.length}\n${picture}`);
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await prompt.line(`Type ${KEPT} once you have it. Until then no backup is sealed to it`);
    if (answer.trim().toLowerCase() !== KEPT) continue;
    await addRecipient(recipientsFile, publicKey, clock());
    const count = (await readRecipients(recipientsFile, clock())).length;
    say(`The public half is in ${recipientsFile} now (${count === 1 ? 'the only key' : `one of ${count} keys`}).`);
    say('Clear this terminal, its scroll-back too. The next backup can be opened with the private half.');
    say(
      'Is it the first key? Then restart bot and ops, if they run: they learn that backups are set up when they start.',
    );
    return true;
  }
  say('Nothing was changed: the key above seals nothing, throw it away.');
  return false;
}

async function newPassphrase(prompt: Prompt): Promise<string> {
  const passphrase = await prompt.secret('Passphrase for the backup key');
  if ((await prompt.secret('The same once more')) === passphrase) return passphrase;
  throw new AppError('invalid', 'the two passphrases are not the same', {
    reason: 'passphrase-differs',
    hint: 'Try again. Nothing was changed.',
  });
}

/** How the same is done with gpg on one's own computer, whose private half then never was on the server. */
export function gpgWay(recipientsFile: string): string {
  return [
    'With gpg on your own computer, so that the private half never is on this server:',
    '',
    "    gpg --quick-generate-key 'Kinkeeper backups' future-default default never",
    "    gpg --armor --export 'Kinkeeper backups' > backup-key.asc",
    '',
    `Append backup-key.asc to ${recipientsFile} on the server. Keep the private half in a second place as well:`,
    '',
    "    gpg --armor --export-secret-keys 'Kinkeeper backups' > backup-key-private.asc",
    '',
    'A backup is opened there with: gpg --decrypt kin-....tar.zst.gpg | zstd -d | tar -tv',
  ].join('\n');
}
