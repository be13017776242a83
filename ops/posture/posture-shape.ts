import { z } from 'zod';

/** How one program answered. `code`: its exit status; 127 where the host lacks it, 124 when it took too long. */
export interface Probe {
  readonly code: number;
  /** It said more than is kept. */
  readonly cut: boolean;
  readonly text: string;
}

/** What the host helper saw, as it was signed. `at`: milliseconds since 1970. Probes of a newer helper that are not known here stay in it. */
export interface Posture {
  readonly at: number;
  readonly probes: Readonly<Record<string, Probe>>;
}

const probe = z
  .object({ rc: z.number().int(), cut: z.boolean(), out: z.base64() })
  .transform(({ rc, cut, out }): Probe => ({ code: rc, cut, text: Buffer.from(out, 'base64').toString('utf8') }));

/** `posture.json` around what is signed: both as base64. */
export const signedPosture = z.object({ payload: z.base64(), signature: z.base64() });

/** What is signed in it. */
export const postureShape: z.ZodType<Posture> = z
  .object({ format: z.literal(1), at: z.number().int().nonnegative(), probes: z.record(z.string(), probe) })
  .transform(({ at, probes }) => ({ at, probes }));
