import { AppError } from '../core/errors.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';

/** The bot's account has a cross-signing identity that is not ours; ends the start. */
export function identityRefused(cause: unknown): AppError {
  return new AppError('conflict', 'The bot’s account already has a cross-signing identity, made by somebody else.', {
    hint: 'Use a fresh account for the bot, or reset the identity of this one (its password is needed) and start again.',
    cause,
  });
}

/** What ended the bot, in words that tell the operator what to do about it where that is known. */
export function asOperatorError(error: unknown): unknown {
  if (!(error instanceof HomeserverError) || error.errcode !== 'M_UNKNOWN_TOKEN') return error;
  return new AppError('unavailable', 'The homeserver ended the bot’s session (it was logged out there).', {
    hint: 'If that was you: move bot.db out of the state folder and start again; the bot then comes back as a new device.',
    cause: error,
  });
}
