import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

const claims = z.strictObject({
  exp: z.number().int(),
  access: z.union([
    z.enum(['r', 'm']),
    z.array(z.strictObject({ collection: z.string(), access: z.enum(['r', 'rw', 'prw']) })),
  ]),
});

/** What a request may do: everything, reading everything, or what its list says. */
export type Right = z.infer<typeof claims>['access'];

/** Checks `authorization` as Qdrant does with jwt_rbac: HS256 under the API key and not expired. A number is the status of a refusal: 401 for what is no token, 403 for a wrong or expired one. */
export function rightOf(authorization: string | undefined, apiKey: string): Right | 401 | 403 {
  const token = authorization?.replace(/^Bearer /, '');
  if (!token || token === authorization) return 401;
  if (token === apiKey) return 'm';
  const [header, body, signature, ...more] = token.split('.');
  if (!header || !body || !signature || more.length > 0) return 401;
  const wanted = createHmac('sha256', apiKey).update(`${header}.${body}`).digest();
  const given = Buffer.from(signature, 'base64url');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return 403;
  const { alg } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { alg: string };
  const read = claims.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString()));
  // Qdrant allows a clock to be off by 30 seconds.
  if (alg !== 'HS256' || !read.success) return 401;
  if (read.data.exp < Date.now() / 1000 - 30) return 403;
  return read.data.access;
}

/** Whether a right reaches one collection. `extras` are snapshots: not for tokens of one collection that may only touch points. */
export function mayUse(right: Right, collection: string, to: 'read' | 'write'): boolean {
  if (right === 'm') return true;
  if (right === 'r') return to === 'read';
  const found = right.find((one) => one.collection === collection);
  return found !== undefined && (to === 'read' || found.access === 'rw');
}
