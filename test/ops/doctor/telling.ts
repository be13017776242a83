import { tellingIn } from '../../../ops/doctor/telling.ts';
import { BARE } from '../fixes/host-kinds.ts';

/** In English, for a household without containers. */
export const TELLING = tellingIn('en', BARE);
