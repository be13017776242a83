import {
  type ShowSasCallbacks,
  VerificationPhase,
  type VerificationRequest,
  VerificationRequestEvent,
  type Verifier,
  VerifierEvent,
} from 'matrix-js-sdk/lib/crypto-api/index.js';

/** Seven pairs of emoji and English name. */
export type Emojis = [emoji: string, name: string][];

/** Plays the person who started an emoji verification: waits for the other side, compares, confirms. Returns the emojis shown. */
export async function finishStartedVerification(request: VerificationRequest, timeoutMs: number): Promise<Emojis> {
  await phase(request, VerificationPhase.Ready, timeoutMs);
  return compare(request, await request.startVerification('m.sas.v1'), timeoutMs);
}

/** Plays the person who is asked: accepts, waits for the other side to start, compares, confirms. */
export async function answerVerification(request: VerificationRequest, timeoutMs: number): Promise<Emojis> {
  await request.accept();
  await phase(request, VerificationPhase.Started, timeoutMs);
  return compare(request, request.verifier!, timeoutMs);
}

async function compare(request: VerificationRequest, verifier: Verifier, timeoutMs: number): Promise<Emojis> {
  let emojis: Emojis = [];
  const confirm = (sas: ShowSasCallbacks) => {
    emojis = sas.sas.emoji ?? [];
    void sas.confirm();
  };
  verifier.on(VerifierEvent.ShowSas, confirm);
  const shown = verifier.getShowSasCallbacks();
  if (shown !== null) confirm(shown);
  await within(
    verifier.verify(),
    timeoutMs,
    () => `the emoji comparison is in phase ${VerificationPhase[request.phase]}`,
  );
  await phase(request, VerificationPhase.Done, timeoutMs);
  return emojis;
}

function phase(request: VerificationRequest, wanted: VerificationPhase, timeoutMs: number): Promise<void> {
  const reached = new Promise<void>((resolve, reject) => {
    const look = () => {
      if (request.phase === VerificationPhase.Cancelled) {
        reject(new Error(`the verification was cancelled by ${request.cancellingUserId}: ${request.cancellationCode}`));
      } else if (request.phase >= wanted) resolve();
    };
    request.on(VerificationRequestEvent.Change, look);
    look();
  });
  return within(reached, timeoutMs, () => {
    return `the verification is in phase ${VerificationPhase[request.phase]}, not ${VerificationPhase[wanted]}`;
  });
}

async function within<Result>(work: Promise<Result>, timeoutMs: number, describe: () => string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`after ${timeoutMs} ms ${describe()}`)), timeoutMs);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}
