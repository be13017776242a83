import type { IncomingMessage } from 'node:http';
import { cleanName } from '../../core/ingest/clean-name.ts';
import { fileError } from '../../core/ingest/file-error.ts';
import { LONGEST_NOTE } from '../../core/ingest/note-passage.ts';
import { HttpError } from './http-error.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { readBody } from './read-body.ts';

/** Boundaries, names and the small fields beside a file. */
const FORM_BYTES = 64 * 1024;
const LONGEST_PASSWORD = 1024;

/** A file as it came; `held`: its bytes in the budget, to be given back once it is read. */
export interface UploadedFile {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly note: string;
  readonly password: string | undefined;
  readonly held: number;
}

/** What a query says of a file whose body is the file itself. */
interface Named {
  readonly name?: string | undefined;
  readonly note?: string | undefined;
}

/**
 * Takes a file from a form (field `file`, beside it `note` and `password`), or from a body that is the file itself. Throws what
 * `readBody` throws, and HttpError `invalid` (`api-no-file`, `api-bad-form`, `api-field-twice`).
 */
export async function readUpload(
  request: IncomingMessage,
  { name, note }: Named,
  { fileBytes, memory }: { readonly fileBytes: number; readonly memory: MemoryBudget },
): Promise<UploadedFile> {
  const type = request.headers['content-type'] ?? '';
  const isForm = /^multipart\/form-data\b/i.test(type);
  const body = await readBody(request, { most: isForm ? fileBytes + FORM_BYTES : fileBytes, memory });
  const held = body.length;
  try {
    const file = isForm ? await fromForm(body, type, fileBytes) : { bytes: new Uint8Array(body) };
    if (file.bytes.length === 0) throw fileError('file-empty');
    const shownName = ('name' in file && file.name) || name || namedIn(request) || '';
    const said = ('note' in file && file.note) || note || '';
    return {
      ...{ bytes: file.bytes, held, password: 'password' in file ? file.password : undefined },
      name: cleanName(shownName),
      note: said.slice(0, LONGEST_NOTE).toWellFormed(),
    };
  } catch (thrown) {
    memory.give(held);
    throw thrown;
  }
}

interface FormFile {
  readonly bytes: Uint8Array;
  readonly name: string;
  readonly note: string;
  readonly password: string | undefined;
}

async function fromForm(body: Buffer, type: string, fileBytes: number): Promise<FormFile> {
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw new HttpError('invalid', 'the form cannot be read', { reason: 'api-bad-form', cause });
    });
  const files = form.getAll('file').filter((entry) => typeof entry !== 'string');
  const [file] = files;
  if (file === undefined || files.length > 1) throw new HttpError('invalid', 'not one file', { reason: 'api-no-file' });
  if (file.size > fileBytes) throw fileError('file-too-large', { limit: fileBytes });
  const [note, password] = [oneOf(form, 'note'), oneOf(form, 'password')];
  return {
    bytes: new Uint8Array(await file.arrayBuffer()),
    name: file.name,
    note: typeof note === 'string' ? note : '',
    password: typeof password === 'string' && password !== '' ? password.slice(0, LONGEST_PASSWORD) : undefined,
  };
}

/** null where the form has no such field. Throws HttpError `invalid` (`api-field-twice`). */
function oneOf(form: FormData, field: string): FormDataEntryValue | null {
  const [value = null, ...more] = form.getAll(field);
  if (more.length === 0) return value;
  throw new HttpError('invalid', 'a field twice', { reason: 'api-field-twice', facts: { field } });
}

/** `Content-Disposition: attachment; filename="scan.pdf"`, also with `filename*` (RFC 6266). */
function namedIn(request: IncomingMessage): string | undefined {
  const header = request.headers['content-disposition'] ?? '';
  const encoded = /filename\*\s*=\s*UTF-8''([^;\s]+)/i.exec(header)?.[1];
  try {
    if (encoded !== undefined) return decodeURIComponent(encoded);
  } catch {
    return undefined;
  }
  return /filename\s*=\s*"((?:[^"\\]|\\.)*)"/i.exec(header)?.[1] ?? /filename\s*=\s*([^;\s]+)/i.exec(header)?.[1];
}
