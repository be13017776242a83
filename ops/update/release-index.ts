import { createMessage, readKeys, readSignature, verify } from 'openpgp';
import { AppError } from '../../core/errors.ts';

/** A released version, as the signed list names it. */
export interface Release {
  readonly version: string;
  /** Of the archive; hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Name of the archive beside the list. */
  readonly file: string;
  /** The image by its digest; `-` where there is none. */
  readonly image: string;
}

/** Names of the list and its detached signature, at the feed and in the spool. */
export const INDEX_FILES = { list: 'releases.txt', signature: 'releases.txt.asc' } as const;

const LINE =
  /^kinkeeper (\d+\.\d+\.\d+(?:[.-][A-Za-z0-9.-]+)?) ([0-9a-f]{64}) (\d+) ([A-Za-z0-9._-]+) ([A-Za-z0-9./:_@-]+)$/;

/**
 * Reads the list of releases once its signature was found right. One release a line, `kinkeeper VERSION SHA256 BYTES FILE IMAGE`;
 * a line `# number N` (see `heedListNumber`); other lines are for other programs. The host helper reads the same file, and checks it again by itself. Throws AppError
 * `forbidden` (reason `feed-signature`) when no key of `keys` (armoured) signed it.
 */
export async function readReleaseIndex(index: { list: string; signature: string; keys: string }): Promise<Release[]> {
  await checkSignature(index);
  return index.list.split('\n').flatMap((line) => {
    const found = LINE.exec(line);
    if (!found) return [];
    const [, version, sha256, bytes, file, image] = found as unknown as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    return [{ version, sha256, bytes: Number(bytes), file, image }];
  });
}

/** The newest release that is newer than a version; undefined when there is none. */
export function newestAfter(releases: readonly Release[], version: string): Release | undefined {
  const newer = releases.filter((release) => compareVersions(release.version, version) > 0);
  return newer.sort((one, other) => compareVersions(other.version, one.version))[0];
}

/** Below zero when `one` is older. Numbers first; what follows a dash comes before the same version without (semver.org, 11). */
export function compareVersions(one: string, other: string): number {
  const [a, b] = [one, other].map((version) => version.split('-'));
  const numbers = (a?.[0] ?? '').localeCompare(b?.[0] ?? '', 'en', { numeric: true });
  if (numbers !== 0) return numbers;
  const [before, beside] = [a?.slice(1).join('-') ?? '', b?.slice(1).join('-') ?? ''];
  if (before === beside) return 0;
  if (before === '' || beside === '') return before === '' ? 1 : -1;
  return before.localeCompare(beside, 'en', { numeric: true });
}

async function checkSignature({
  list,
  signature,
  keys,
}: {
  list: string;
  signature: string;
  keys: string;
}): Promise<void> {
  try {
    // It throws where no key of these signed it.
    await verify({
      message: await createMessage({ binary: new TextEncoder().encode(list) }),
      signature: await readSignature({ armoredSignature: signature }),
      verificationKeys: await readKeys({ armoredKeys: keys }),
      expectSigned: true,
      format: 'binary',
    });
  } catch (cause) {
    throw new AppError('forbidden', 'the list of releases is not signed by the key of the settings', {
      reason: 'feed-signature',
      hint: 'Compare update.keyFile with the key that the publisher names. Nothing was changed.',
      cause,
    });
  }
}
