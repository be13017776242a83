import { generateKey } from 'openpgp';
import { qrPicture } from '../qr-picture.ts';

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

/** How wide a picture may be for a terminal of 80 columns: a QR code of version 14, with a border of 2. */
const PICTURE_COLUMNS = 77;
/** What such a code holds at the lowest level of error correction (ISO/IEC 18004, table 7: 458), with room to spare. */
const PICTURE_BYTES = 440;

/**
 * The private half as pictures for a phone's camera, in characters: as few as fit a terminal of 80 columns. Each holds whole lines of it;
 * one below the other, their texts are the whole. Empty for a terminal that is too narrow (`columns`; undefined: not known).
 */
export async function keyPictures(privateKey: string, columns: number | undefined): Promise<string[]> {
  if (columns !== undefined && columns < PICTURE_COLUMNS) return [];
  return Promise.all(inPieces(privateKey).map((text) => qrPicture(text, columns)));
}

/** Whole lines, each piece about as large as the others. */
function inPieces(text: string): string[] {
  const lines = text.split('\n');
  for (let count = 1; ; count++) {
    const each = Math.ceil(lines.length / count);
    const pieces = Array.from({ length: count }, (_, nth) => lines.slice(nth * each, (nth + 1) * each).join('\n'));
    if (each === 1 || pieces.every((piece) => Buffer.byteLength(piece) <= PICTURE_BYTES))
      return pieces.filter((piece) => piece !== '');
  }
}
