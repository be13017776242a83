/** One fact that the doctor found. `fix` is the next step for the operator; present unless all is well. */
export interface Finding {
  /** What was looked at, in a word or two. */
  readonly check: string;
  readonly status: 'ok' | 'warn' | 'fail';
  /** A sentence for the operator; never a secret, never anyone's words. */
  readonly says: string;
  readonly fix?: string;
}

export const ok = (check: string, says: string): Finding => ({ check, status: 'ok', says });

export const warn = (check: string, says: string, fix: string): Finding => ({ check, status: 'warn', says, fix });

export const fail = (check: string, says: string, fix: string): Finding => ({ check, status: 'fail', says, fix });

/** Bytes for people: `1.5 GiB`. */
export function sizeText(bytes: number): string {
  const gib = bytes / 1024 ** 3;
  return gib >= 1 ? `${gib.toFixed(1)} GiB` : `${Math.round(bytes / 1024 ** 2)} MiB`;
}
