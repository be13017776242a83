import { fileTypeFromBuffer } from 'file-type';
import { isOle, oleKind } from './ole-kind.ts';
import { isTnef } from './tnef.ts';

/** A short lower-case name for a format that is not read ("exe", "png"); "unknown" when nobody knows it. Locked child only. */
export async function nameKind(bytes: Uint8Array): Promise<string> {
  if (isOle(bytes)) return oleKind(bytes);
  if (isTnef(bytes)) return 'winmail.dat';
  try {
    return (await fileTypeFromBuffer(bytes))?.ext ?? 'unknown';
  } catch {
    // The bytes began like a format and then broke its rules.
    return 'unknown';
  }
}
