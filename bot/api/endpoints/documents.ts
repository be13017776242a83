import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { readUpload } from '../read-upload.ts';
import { documentNumber, documentShape, uploadShape } from '../shapes.ts';
import { shownDocument, shownUpload } from '../shown.ts';

const NOTHING = z.object({});
/** A proxy in front gives up after a minute, most of them. */
const WAIT_SECONDS = 25;
const MOST_WAIT_SECONDS = 50;

const wait = z
  .int()
  .min(0)
  .max(MOST_WAIT_SECONDS)
  .default(WAIT_SECONDS)
  .describe('Seconds to wait for the end of the reading; after that the answer is 202');

/** `POST /v1/documents`: sends a file, which is read as one that is sent in the chat. */
export const postDocument = defineEndpoint({
  ...{ method: 'POST', path: '/v1/documents', scope: 'upload' },
  summary: 'Send a file. It is read in a sandbox, its text is kept sealed, and the file itself is forgotten.',
  params: NOTHING,
  query: z.strictObject({
    wait,
    name: z.string().max(400).optional().describe('File name, where the body is the file itself'),
    note: z.string().max(1000).optional().describe('A word of yours about it, where the body is the file itself'),
  }),
  headers: NOTHING,
  body: 'file',
  answers: {
    200: { description: 'These bytes were known already', shape: uploadShape },
    201: { description: 'It is kept', shape: uploadShape },
    202: { description: 'It is still being read: ask GET /v1/uploads/{id}', shape: uploadShape },
  },
  async run({ desk, caller, key, query, request, memory, words, leaving }) {
    desk.checkUploads(caller);
    const file = await readUpload(request, query, { fileBytes: desk.fileBytes, memory });
    const { upload, ended } = desk.upload({ caller, key }, file);
    void ended.then(() => memory.give(file.held));
    await Promise.race([ended, pause(query.wait * 1000, leaving)]);
    if (upload.endedAt !== undefined && !upload.outcome) throw upload.failure;
    const json = shownUpload(upload, words, key);
    return { status: upload.endedAt === undefined ? 202 : json.known ? 200 : 201, json };
  },
});

/** `GET /v1/uploads/{id}`: what became of an upload. */
export const getUpload = defineEndpoint({
  ...{ method: 'GET', path: '/v1/uploads/{id}', scope: 'upload' },
  summary: 'What became of a file that was sent: progress while it is read, then the document or what was wrong.',
  params: z.object({ id: z.string().max(64).describe('From the answer to POST /v1/documents') }),
  query: z.strictObject({}),
  headers: NOTHING,
  body: 'none',
  answers: { 200: { description: 'As far as it has come', shape: uploadShape } },
  run: async ({ desk, caller, key, params, words }) => ({
    status: 200,
    json: shownUpload(desk.uploadOf(caller, params.id), words, key),
  }),
});

/** `GET /v1/documents`: the caller's own papers. */
export const getDocuments = defineEndpoint({
  ...{ method: 'GET', path: '/v1/documents', scope: 'read' },
  summary: 'List your own documents by number, earlier versions among them.',
  params: NOTHING,
  query: z.strictObject({
    after: z.int().min(0).max(999_999_999).default(0).describe('Only numbers above this one'),
    limit: z.int().min(1).max(500).default(100),
  }),
  headers: NOTHING,
  body: 'none',
  answers: {
    200: {
      description: '`more`: ask again with `after` set to the last number',
      shape: z.object({ documents: z.array(documentShape), more: z.boolean() }),
    },
  },
  async run({ desk, caller, query }) {
    const { documents, more } = desk.documents(caller, query);
    return { status: 200, json: { documents: documents.map(shownDocument), more } };
  },
});

/** `DELETE /v1/documents/{number}`: forgets a paper for good. */
export const deleteDocument = defineEndpoint({
  ...{ method: 'DELETE', path: '/v1/documents/{number}', scope: 'delete' },
  summary: 'Forget a document for good, and what was said about it. What was lent of it ends.',
  params: z.object({ number: documentNumber }),
  query: z.strictObject({}),
  headers: NOTHING,
  body: 'none',
  answers: {
    200: {
      description: 'It is forgotten; `restored` is the earlier version that is current again',
      shape: z.object({ forgotten: documentShape, restored: documentShape.nullable() }),
    },
  },
  async run({ desk, caller, params }) {
    const { gone, back } = desk.forget(caller, params.number);
    return { status: 200, json: { forgotten: shownDocument(gone), restored: back ? shownDocument(back) : null } };
  },
});

/** Resolves after a while, or at once when nobody listens any more. */
function pause(milliseconds: number, leaving: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    leaving.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
