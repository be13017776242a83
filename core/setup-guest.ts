/** What the name of a guest begins with, whom set-up lets in for its first conversation and erases again (ops/setup/accounts.ts). */
export const SETUP_GUEST = 'kinkeeper-guest-';

/** Whether a full Matrix address is that of a guest of set-up: nobody reads what is written to it once set-up has ended. */
export function isSetupGuest(userId: string): boolean {
  return userId.startsWith(`@${SETUP_GUEST}`);
}
