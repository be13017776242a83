import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { auditVerify } from './audit-verify.ts';
import type { Command } from './command-spec.ts';
import { exportDocument } from './export.ts';
import { feedback, feedbackClear } from './feedback.ts';
import { files } from './files.ts';
import { forget } from './forget.ts';
import { forgetChat } from './forget-chat.ts';
import { help } from './help.ts';
import { keep } from './keep.ts';
import { language } from './language.ts';
import { password } from './password.ts';
import { people } from './people.ts';
import { peopleAdd } from './people-add.ts';
import { peopleRemove } from './people-remove.ts';
import { privacy } from './privacy.ts';
import { retention } from './retention.ts';
import { show } from './show.ts';
import { status } from './status.ts';
import { stop } from './stop.ts';
import { whoami } from './whoami.ts';

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  files,
  show,
  exportDocument,
  forget,
  stop,
  keep,
  password,
  forgetChat,
  feedback,
  feedbackClear,
  privacy,
  retention,
  audit,
  whoami,
  language,
  status,
  people,
  peopleAdd,
  peopleRemove,
  alerts,
  auditVerify,
  help,
];
