import { AppError } from '../../core/errors.ts';
import type { BareAnswers } from './answers.ts';
import { homeserverSettings } from './homeserver-settings.ts';
import { registrationSecret } from './registration-secret.ts';

const ANSWER_MS = 10_000;

/** What set-up finds out about a Synapse that is there, without changing anything. */
export interface SynapseFacts {
  /** It speaks Matrix at the address of the answers. */
  readonly answers: boolean;
  /** How its admin API takes a question about new accounts: `no-secret`: it runs without a registration secret; `closed`: it is not there. */
  readonly accounts: 'open' | 'no-secret' | 'closed';
  /** `server_name` of its homeserver.yaml; undefined: that names none, or cannot be read. */
  readonly serverName: string | undefined;
  /** Why the secret that accounts are made by cannot be had, with what to do; undefined: it can. */
  readonly secretProblem: { readonly says: string; readonly hint: string } | undefined;
  /** The family's domain leads to a Matrix server over TLS, as phones look for it. */
  readonly isFoundByPhones: boolean;
}

/** Looks at the Synapse of these answers. */
export async function readSynapseFacts({
  homeserver,
  homeserverConfig,
  serverName,
}: BareAnswers): Promise<SynapseFacts> {
  const address = homeserver.replace(/\/+$/, '');
  const [versions, register, isFoundByPhones] = await Promise.all([
    ask(`${address}/_matrix/client/versions`),
    ask(`${address}/_synapse/admin/v1/register`),
    leadsToMatrix(serverName),
  ]);
  return {
    answers: speaksMatrix(versions),
    accounts: typeof register?.body.nonce === 'string' ? 'open' : isWithoutSecret(register) ? 'no-secret' : 'closed',
    ...fromFile(homeserverConfig),
    isFoundByPhones,
  };
}

function fromFile(file: string): Pick<SynapseFacts, 'serverName' | 'secretProblem'> {
  let serverName: string | undefined;
  try {
    const { server_name: name } = homeserverSettings(file);
    serverName = typeof name === 'string' ? name : undefined;
    registrationSecret({ file, kind: 'homeserver.yaml' });
    return { serverName, secretProblem: undefined };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    return { serverName, secretProblem: { says: thrown.message, hint: thrown.hint ?? '' } };
  }
}

interface Answered {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

function speaksMatrix(answer: Answered | undefined): boolean {
  return Array.isArray(answer?.body.versions);
}

function isWithoutSecret(answer: Answered | undefined): boolean {
  return answer?.status === 400 && /shared secret/i.test(String(answer.body.error));
}

/** As the specification has clients look: .well-known of the domain first, else the domain itself. */
async function leadsToMatrix(serverName: string): Promise<boolean> {
  const known = await ask(`https://${serverName}/.well-known/matrix/client`);
  const base = (known?.body['m.homeserver'] as { base_url?: unknown } | undefined)?.base_url;
  const address = typeof base === 'string' ? base.replace(/\/+$/, '') : `https://${serverName}`;
  return speaksMatrix(await ask(`${address}/_matrix/client/versions`));
}

/** undefined: no answer, or none in JSON. */
async function ask(url: string): Promise<Answered | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    const body: unknown = await response.json();
    return { status: response.status, body: (body ?? {}) as Answered['body'] };
  } catch {
    return undefined;
  }
}
