import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { SendOptions, SentFile } from '../remote.ts';
import { ListLimit } from './list-limit.ts';
import { childrenOf, childText, type XmlElement } from './read-xml.ts';
import { remoteFault } from './remote-fault.ts';
import { type S3Api, S3Refusal } from './s3-api.ts';

const MIB = 1024 * 1024;
/** S3 takes parts from 5 MiB on, and 10,000 of them. */
const PART_BYTES = 8 * MIB;
const MOST_PARTS = 9000;

/** An object that is to become whole, and how. */
export interface S3Upload {
  readonly name: string;
  readonly key: string;
  readonly file: SentFile;
  readonly options: SendOptions;
  /** Of each part; for tests. 8 MiB when left out. */
  readonly partBytes?: number | undefined;
}

/**
 * Sends an object in parts and puts them together. Parts that an earlier try left there are not sent again when the server
 * names their MD5 as ours; a server that names something else gets them again. Until all are there, nothing lies under the key.
 */
export async function uploadInParts(api: S3Api, upload: S3Upload): Promise<void> {
  const { file, key, options } = upload;
  const { signal, onProgress } = options;
  const id =
    (await unfinished(api, { name: upload.name, prefix: key, signal })).find((one) => one.key === key)?.id ??
    (await begin(api, upload));
  const there = await partsOf(api, { name: upload.name, key, id, signal });
  const partBytes = upload.partBytes ?? Math.max(PART_BYTES, Math.ceil(file.bytes / MOST_PARTS / MIB) * MIB);
  const etags: string[] = [];
  await using local = await open(file.path, 'r');
  for (let start = 0; start < file.bytes; start += partBytes) {
    const body = Buffer.alloc(Math.min(partBytes, file.bytes - start));
    await local.read(body, 0, body.length, start);
    const number = etags.length + 1;
    const known = there.get(number);
    const isThere = known?.bytes === body.length && known.etag === md5(body);
    if (isThere) etags.push(known.etag);
    else etags.push(await sendPart(api, { key, id, number, body, signal }));
    onProgress?.(start + body.length);
  }
  await complete(api, upload, { id, etags });
}

/** Uploads that were begun and not put together, of keys that begin so. The newest first. */
export async function unfinished(
  api: S3Api,
  { name, prefix, signal }: { readonly name: string; readonly prefix: string; readonly signal: AbortSignal },
): Promise<{ key: string; id: string }[]> {
  const limit = new ListLimit(name);
  const found: { key: string; id: string; begun: string }[] = [];
  let after: Record<string, string> = {};
  for (;;) {
    const root = must(await api.xml({ method: 'GET', query: { uploads: '', prefix, ...after }, signal }));
    const page = childrenOf(root, 'Upload');
    limit.answered(page.length);
    for (const one of page) {
      found.push({ key: textIn(one, 'Key'), id: textIn(one, 'UploadId'), begun: childText(one, 'Initiated') ?? '' });
    }
    if (childText(root, 'IsTruncated') !== 'true') break;
    after = { 'key-marker': textIn(root, 'NextKeyMarker'), 'upload-id-marker': textIn(root, 'NextUploadIdMarker') };
  }
  return found.sort((one, other) => (one.begun < other.begun ? 1 : -1));
}

/** Gives an upload up; what was sent of it goes. */
export async function abandon(
  api: S3Api,
  { key, id }: { key: string; id: string },
  signal: AbortSignal,
): Promise<void> {
  await api.headers({ method: 'DELETE', key, query: { uploadId: id }, signal });
}

async function begin(api: S3Api, { key, options: { signal } }: S3Upload): Promise<string> {
  const root = must(await api.xml({ method: 'POST', key, query: { uploads: '' }, signal }));
  return textIn(root, 'UploadId');
}

async function partsOf(
  api: S3Api,
  { name, key, id, signal }: { name: string; key: string; id: string; signal: AbortSignal },
): Promise<Map<number, { bytes: number; etag: string }>> {
  const parts = new Map<number, { bytes: number; etag: string }>();
  const limit = new ListLimit(name);
  let after: Record<string, string> = {};
  for (;;) {
    const root = must(await api.xml({ method: 'GET', key, query: { uploadId: id, ...after }, signal }));
    const page = childrenOf(root, 'Part');
    limit.answered(page.length);
    for (const part of page) {
      const [bytes, etag] = [Number(textIn(part, 'Size')), bare(textIn(part, 'ETag'))];
      parts.set(Number(textIn(part, 'PartNumber')), { bytes, etag });
    }
    if (childText(root, 'IsTruncated') !== 'true') return parts;
    after = { 'part-number-marker': textIn(root, 'NextPartNumberMarker') };
  }
}

async function sendPart(
  api: S3Api,
  { key, id, number, body, signal }: { key: string; id: string; number: number; body: Buffer; signal: AbortSignal },
): Promise<string> {
  const query = { partNumber: String(number), uploadId: id };
  const { etag } = await api.headers({ method: 'PUT', key, query, body, signal });
  return bare(etag ?? '');
}

async function complete(
  api: S3Api,
  { name, key, options: { signal } }: S3Upload,
  { id, etags }: { id: string; etags: readonly string[] },
): Promise<void> {
  const parts = etags.map(
    (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>"${escaped(etag)}"</ETag></Part>`,
  );
  const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  try {
    await api.xml({ method: 'POST', key, query: { uploadId: id }, body, signal });
  } catch (thrown) {
    if (!(thrown instanceof S3Refusal)) throw thrown;
    // Put together already, by a try whose answer was lost; whether that is so, reading back tells.
    if (thrown.code === 'NoSuchUpload') return;
    if (!/^(InvalidPart|InvalidPartOrder|EntityTooSmall)$/.test(thrown.code)) throw thrown;
    await abandon(api, { key, id }, signal);
    throw remoteFault('damaged', name, 'lost parts of what was sent', 'It is sent anew at the next run.');
  }
}

function md5(body: Buffer): string {
  return createHash('md5').update(body).digest('hex');
}

function bare(etag: string): string {
  return etag.replace(/^"|"$/g, '');
}

function escaped(value: string): string {
  return value.replace(/[<>&"]/g, (one) => `&#${one.charCodeAt(0)};`);
}

function must(root: XmlElement | undefined): XmlElement {
  if (root === undefined) throw new S3Refusal(500, '');
  return root;
}

/** Throws S3Refusal when an answer lacks what it must have. */
export function textIn(element: XmlElement, name: string): string {
  const found = childText(element, name);
  if (found === undefined || found === '') throw new S3Refusal(500, '');
  return found;
}
