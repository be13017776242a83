import { alerts } from './alerts.ts';
import type { Command } from './command-spec.ts';
import { exportDocument } from './export.ts';
import { files } from './files.ts';
import { forget } from './forget.ts';
import { help } from './help.ts';
import { language } from './language.ts';
import { people } from './people.ts';
import { peopleAdd } from './people-add.ts';
import { peopleRemove } from './people-remove.ts';
import { privacy } from './privacy.ts';
import { status } from './status.ts';
import { whoami } from './whoami.ts';

/** Every command, in the order in which help shows them. */
export const COMMANDS: readonly Command[] = [
  files,
  exportDocument,
  forget,
  privacy,
  whoami,
  language,
  status,
  people,
  peopleAdd,
  peopleRemove,
  alerts,
  help,
];
