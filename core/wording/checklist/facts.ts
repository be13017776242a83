import type { CheckId, HostCommands, UnknownWhy, WholeHostWhy } from '../../posture.ts';
import type { NoFacts } from '../shape.ts';

/** Each line of the checklist as what it promises, and why one is not known. The guide's lines keep the guide's words. */
export type CheckTexts = { readonly [Id in CheckId as `check.${Id}`]: NoFacts } & {
  readonly [Why in UnknownWhy as `check-unknown.${Why}`]: NoFacts;
} & {
  readonly [Why in WholeHostWhy as `check-mend.${Why}`]: HostCommands;
};
