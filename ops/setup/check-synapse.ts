import type { BareAnswers } from './answers.ts';
import { type Check, check } from './check.ts';
import type { SynapseFacts } from './synapse-facts.ts';

/** Whether the Synapse that is there can be the one of these answers, before a key is shown or an account made. */
export function checkSynapse({ homeserver, homeserverConfig, serverName }: BareAnswers, facts: SynapseFacts): Check[] {
  const checks: Check[] = [];
  if (!facts.answers) checks.push(check('fail', 'check.no-synapse', { homeserver }));
  else if (facts.accounts === 'closed') checks.push(check('fail', 'check.no-admin-api', { homeserver }));
  if (facts.secretProblem !== undefined) checks.push(check('fail', 'check.no-secret', facts.secretProblem));
  else if (facts.answers && facts.accounts === 'no-secret')
    checks.push(check('fail', 'check.secret-not-read', { homeserverConfig }));
  if (facts.serverName !== undefined && facts.serverName !== serverName)
    checks.push(check('fail', 'check.server-name', { serverName, homeserverConfig, found: facts.serverName }));
  if (checks.length === 0) checks.push(check('ok', 'check.synapse', { homeserver, serverName }));
  return [...checks, phones(serverName, facts)];
}

function phones(serverName: string, { isFoundByPhones }: SynapseFacts): Check {
  return isFoundByPhones
    ? check('ok', 'check.phones', { serverName })
    : check('warn', 'check.no-phones', { serverName });
}
