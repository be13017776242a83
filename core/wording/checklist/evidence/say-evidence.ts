import type { Language } from '../../../caller.ts';
import type { Finding } from '../../../posture.ts';
import { checkedFacts } from '../../shape.ts';
import * as de from './de.ts';
import * as en from './en.ts';
import { EVIDENCE_SHAPES, type EvidenceKey } from './facts.ts';

const TEXTS = { en: en.evidence, de: de.evidence } as const;

/**
 * What a line of the checklist rests on, as one line of plain text; '' where nothing was read. What this version does not know is shown
 * as it is. For the bot and the shell.
 */
export function sayEvidence(language: Language, evidence: readonly Finding[]): string {
  return evidence.map((finding) => sayFinding(language, finding)).join('; ');
}

function sayFinding(language: Language, { says, facts, of }: Finding): string {
  const words = isKey(says) ? wordsFor(language, says, facts) : undefined;
  const said = words ?? [says, ...Object.values(facts)].join(' ');
  return of === undefined ? said : `${of}: ${said}`;
}

function wordsFor(language: Language, says: EvidenceKey, facts: Finding['facts']): string | undefined {
  const fitting = checkedFacts(EVIDENCE_SHAPES[says], facts);
  return fitting && (TEXTS[language][says] as (facts: unknown) => string)(fitting);
}

function isKey(says: string): says is EvidenceKey {
  return Object.hasOwn(EVIDENCE_SHAPES, says);
}
