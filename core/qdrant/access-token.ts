import { createHmac } from 'node:crypto';

/** What a token allows: everything, or one collection to read or to read and write. Names as Qdrant's `jwt_rbac` has them. */
export type Access = 'manage' | { readonly collection: string; readonly may: 'r' | 'rw' };

/** Long enough for the longest request, short enough that one that leaks is soon worth nothing. */
export const TOKEN_SECONDS = 300;

/**
 * A JSON Web Token (RFC 7519) signed with HS256 under the API key, as Qdrant expects it with `jwt_rbac: true`. The API
 * key itself is never sent. `now` in milliseconds.
 */
export function accessToken(apiKey: string, access: Access, now: number): string {
  const claims = {
    exp: Math.floor(now / 1000) + TOKEN_SECONDS,
    access: access === 'manage' ? 'm' : [{ collection: access.collection, access: access.may }],
  };
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', apiKey).update(signed).digest('base64url')}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('base64url');
}
