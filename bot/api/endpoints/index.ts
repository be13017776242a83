import type { Endpoint } from '../endpoint.ts';
import { postAsk } from './ask.ts';
import { deleteDocument, getDocuments, getUpload, postDocument } from './documents.ts';
import { getExport } from './export.ts';

/** Every address of the HTTP API that needs a key, in the order in which its description shows them. */
export const ENDPOINTS: readonly Endpoint[] = [
  postDocument,
  getUpload,
  getDocuments,
  deleteDocument,
  postAsk,
  getExport,
];
