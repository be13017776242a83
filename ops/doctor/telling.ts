import type { Language } from '../../core/caller.ts';
import type { HostKind } from '../fixes/host-kind.ts';
import { doctorIn, type SayDoctor } from './wording/say-doctor.ts';

/** How each check tells what it found: in whose language, and for which host what mends it is typed. */
export interface Telling {
  readonly say: SayDoctor;
  readonly host: HostKind;
}

/** One for a language and a host. */
export function tellingIn(language: Language, host: HostKind): Telling {
  return { say: doctorIn(language), host };
}
