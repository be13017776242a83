import {
  decideKeeping,
  type KeepDecision,
  type KeepMoment,
  type KeepRule,
  type KeptGeneration,
} from './keep-policy.ts';
import { isMadeAhead } from './made-ahead.ts';

/** What lies at a place. */
interface AtPlace {
  /** What was read back there, or is to be sent there. */
  readonly verified: readonly KeptGeneration[];
  /** What is only named by a list of that place, and may be anything. */
  readonly listed: readonly KeptGeneration[];
}

/**
 * What the rule says about a place where some are only known from its list. Those never take the place of one that was verified: whoever can
 * only add names there would have us remove what is good. They themselves stay for as long as they would if they counted, and those of the
 * future until then. Pure; refuses as `decideKeeping` does, for what was verified.
 */
export function decideWithListed({ verified, listed }: AtPlace, rule: KeepRule, moment: KeepMoment): KeepDecision {
  const decided = decideKeeping(verified, rule, moment);
  if ('refused' in decided || listed.length === 0) return decided;
  const ahead = listed.filter((one) => isMadeAhead(one, moment.now));
  const names = new Set(listed.map(({ name }) => name));
  const all = decideKeeping([...verified, ...listed.filter((one) => !ahead.includes(one))], rule, moment);
  if ('refused' in all) return all;
  return {
    stay: [
      ...decided.stay,
      ...all.stay.filter(({ name }) => names.has(name)),
      ...ahead.map(({ name }) => ({ name, reasons: ['not-proven-yet'] as const })),
    ],
    go: [...decided.go, ...all.go.filter((name) => names.has(name))],
  };
}
