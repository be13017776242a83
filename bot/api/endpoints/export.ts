import { z } from 'zod';
import { defineEndpoint } from '../endpoint.ts';
import { HttpError } from '../http-error.ts';

const LEAST_PASSWORD = 12;

/** `GET /v1/export`: everything that is kept about the caller, as sealed ZIPs. */
export const getExport = defineEndpoint({
  ...{ method: 'GET', path: '/v1/export', scope: 'export' },
  summary:
    'Everything that is kept about you, as ZIP files sealed with a password of yours (AES). The header `Export-Parts` says how many there are: ask for the others with `export` (from the header `Export-Id`) and `part`.',
  params: z.object({}),
  query: z.strictObject({
    export: z.string().max(64).optional().describe('Missing: a new one begins'),
    part: z.int().min(1).max(10_000).default(1),
  }),
  headers: z.object({
    'export-password': z
      .string()
      .min(LEAST_PASSWORD)
      .max(200)
      .describe('With which the files are sealed: your own, the same for all parts'),
  }),
  body: 'none',
  answers: { 200: { description: 'One part', media: { 'application/zip': 'binary' } } },
  async run({ desk, caller, query, headers }) {
    const password = headers['export-password'];
    const planned = query.export === undefined ? await desk.planExport(caller) : desk.exportOf(caller, query.export);
    const parts = planned?.plan.parts.length ?? 0;
    if (planned === undefined || query.part > parts) {
      throw new HttpError('not-found', 'there is no such export', { reason: 'no-such-export' });
    }
    const { id } = planned;
    const bytes = await desk.exportPart(caller, planned, { password, part: query.part });
    return {
      ...{ status: 200, bytes, type: 'application/zip' },
      headers: {
        ...{ 'export-id': id, 'export-parts': String(parts) },
        'content-disposition': `attachment; filename="kinkeeper-export-${query.part}-of-${parts}.zip"`,
      },
    };
  },
});
