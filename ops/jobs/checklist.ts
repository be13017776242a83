import type { Control } from '../../core/control.ts';
import { reference } from '../../core/log.ts';
import { countChecks } from '../../core/posture.ts';
import type { HostKind } from '../fixes/host-kind.ts';
import type { HostHelper } from '../host/host-helper.ts';
import type { JobSpec } from '../job-spec.ts';
import { askForPosture } from '../posture/ask-for-posture.ts';
import { checkNow } from '../posture/check-now.ts';
import type { OwnLine } from '../posture/own-line.ts';

export interface ChecklistJobOptions {
  readonly control: Pick<Control, 'alerts' | 'facts'>;
  readonly helper: HostHelper | undefined;
  /** Lines that ops reads by itself. */
  readonly ownLines: readonly OwnLine[];
  /** The host as ops sees it by itself. */
  readonly here: HostKind;
}

/** Judges the checklist, tells what does not hold any more, and keeps it for `!checklist`. Who asks for it gets a fresh look at the host. */
export function checklistJob({ control, helper, ownLines, here }: ChecklistJobOptions): JobSpec {
  return {
    name: 'checklist',
    limitSeconds: 600,
    canDry: false,
    repeatable: true,
    async run({ clock, log, signal, isAsked, progress }) {
      progress({ step: 'checklist.reading' });
      if (isAsked && helper !== undefined) {
        const went = await askForPosture(helper, signal);
        if (went !== 'ok') log.warn({ went }, 'the host was not looked at anew');
      }
      const checklist = await checkNow({
        ...{ control, own: ownLines, here, spoolDir: helper?.spoolDir, now: clock() },
        onFailure: (line, thrown) =>
          log.error({ line, err: thrown, reference: reference() }, 'a line could not be read'),
      });
      const { pass, fail, unknown } = countChecks(checklist);
      return { pass, fail, unknown };
    },
  };
}
