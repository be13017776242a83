import { AppError } from '../errors.ts';

/** The error of an erasure that left something behind. `place` is a table or a kind of place, never a value. */
export function incomplete(place: string): AppError {
  return new AppError('internal', `an erasure left something in ${place}`, {
    reason: 'erase-incomplete',
    facts: { place },
  });
}
