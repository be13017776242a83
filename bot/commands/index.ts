import { alerts } from './alerts.ts';
import { alertsAck } from './alerts-ack.ts';
import { alertsSnooze } from './alerts-snooze.ts';
import { apikey } from './apikey.ts';
import { apikeyNew } from './apikey-new.ts';
import { apikeyRevoke } from './apikey-revoke.ts';
import { audit } from './audit.ts';
import { auditVerify } from './audit-verify.ts';
import { backups } from './backups.ts';
import { cancel } from './cancel.ts';
import { checklist } from './checklist.ts';
import type { Command } from './command-spec.ts';
import { deleteMe, deleteMeStop } from './delete-me.ts';
import { evidence } from './evidence.ts';
import { exportDocument } from './export.ts';
import { feedback, feedbackClear } from './feedback.ts';
import { files } from './files.ts';
import { forget } from './forget.ts';
import { forgetAll } from './forget-all.ts';
import { forgetChat } from './forget-chat.ts';
import { help } from './help.ts';
import { incident, incidentRehearse, incidentReport } from './incident.ts';
import { jobs } from './jobs.ts';
import { keep } from './keep.ts';
import { keys } from './keys.ts';
import { keysConfirm } from './keys-confirm.ts';
import { keysRotate } from './keys-rotate.ts';
import { language } from './language.ts';
import { lockdown } from './lockdown.ts';
import { password } from './password.ts';
import { people } from './people.ts';
import { peopleAdd } from './people-add.ts';
import { peopleClose } from './people-close.ts';
import { peopleConfirm } from './people-confirm.ts';
import { peopleErase } from './people-erase.ts';
import { peopleRemove } from './people-remove.ts';
import { peopleReset } from './people-reset.ts';
import { privacy } from './privacy.ts';
import { retention } from './retention.ts';
import { rotate } from './rotate.ts';
import { run } from './run.ts';
import { share } from './share.ts';
import { shares, sharesEnd, sharesShow, sharesText } from './shares.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { unshare } from './unshare.ts';
import { update } from './update.ts';
import { whoami } from './whoami.ts';

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  files,
  show,
  exportDocument,
  forget,
  keep,
  password,
  share,
  unshare,
  shares,
  sharesShow,
  sharesText,
  sharesEnd,
  stop,
  forgetChat,
  feedback,
  feedbackClear,
  privacy,
  retention,
  apikey,
  apikeyNew,
  apikeyRevoke,
  audit,
  whoami,
  language,
  forgetAll,
  deleteMe,
  deleteMeStop,
  status,
  people,
  peopleAdd,
  peopleConfirm,
  peopleReset,
  peopleRemove,
  peopleClose,
  peopleErase,
  alerts,
  alertsAck,
  alertsSnooze,
  backups,
  checklist,
  jobs,
  run,
  update,
  cancel,
  keys,
  keysConfirm,
  keysRotate,
  lockdown,
  evidence,
  rotate,
  incident,
  incidentReport,
  incidentRehearse,
  auditVerify,
  help,
];
