import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!audit verify`: whether the audit trail is whole, and if not, the first row that does not fit. */
export const auditVerify = defineCommand({
  name: 'audit verify',
  typed: { en: 'audit verify', de: 'protokoll prüfen' },
  aliases: ['audit check', 'protokoll pruefen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['audit', 'clock'],
  execute: ({ caller, audit, clock }) => {
    try {
      const { rows, hash } = audit.anchor(clock());
      return say(caller.language, 'audit.whole', { rows, hash, first: audit.rowsAfter(0, 1)[0]?.row ?? 1 });
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.reason !== 'audit-broken') throw thrown;
      return say(caller.language, 'audit.broken', { row: Number(thrown.facts.row) });
    }
  },
});
