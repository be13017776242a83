import type { AlertSettings } from '../../config/config.ts';
import type { Secrets } from '../../config/load.ts';
import { mailWay } from './mail-way.ts';
import type { Way } from './way.ts';
import { webhookWay } from './webhook-way.ts';

/** The ways out that the settings name. For ops, and for `kinkeeper alerts test`. */
export function waysOf(
  { mail, webhook }: AlertSettings,
  secrets: Pick<Secrets, 'mailPassword' | 'webhookToken'>,
): Way[] {
  const { mailPassword, webhookToken } = secrets;
  return [
    ...(mail ? [mailWay({ ...mail, ...(mailPassword && { password: mailPassword.reveal() }) })] : []),
    ...(webhook ? [webhookWay({ ...webhook, ...(webhookToken && { token: webhookToken.reveal() }) })] : []),
  ];
}
