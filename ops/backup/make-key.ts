import { generateKey } from 'openpgp';
import QRCode from 'qrcode';

/** A new key for backups: both halves armored, the private one under its passphrase. */
export interface BackupKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

/**
 * Makes an OpenPGP key of the kind that every gpg since 2.1 reads (version 4, Ed25519 and Curve25519 in their older form).
 * `passphrase` protects the private half, also on paper.
 */
export async function makeBackupKey(passphrase: string): Promise<BackupKey> {
  const { publicKey, privateKey } = await generateKey({
    userIDs: [{ name: 'Kinkeeper backups' }],
    type: 'ecc',
    curve: 'curve25519Legacy',
    passphrase,
    format: 'armored',
  });
  return { publicKey, privateKey: privateKey.replaceAll('\r\n', '\n') };
}

/** The private half as a picture for a phone's camera, in characters for a terminal of about 60 columns. */
export function keyPicture(privateKey: string): Promise<string> {
  return QRCode.toString(privateKey, { type: 'utf8', errorCorrectionLevel: 'L', margin: 2 });
}
