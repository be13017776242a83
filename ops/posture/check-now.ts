import type { Control } from '../../core/control.ts';
import { type CheckId, type Checklist, readChecklist } from '../../core/posture.ts';
import type { HostKind } from '../fixes/host-kind.ts';
import { makeChecklist } from './make-checklist.ts';
import type { OwnLine } from './own-line.ts';
import { readPosture } from './read-posture.ts';
import { tellDrift } from './tell-drift.ts';

export interface CheckNowOptions {
  readonly control: Pick<Control, 'alerts' | 'facts'>;
  readonly own: readonly OwnLine[];
  /** The host as ops sees it by itself. */
  readonly here: HostKind;
  readonly spoolDir: string | undefined;
  readonly now: number;
  readonly trustKey?: boolean;
  /** A line that ops reads by itself could not be read: for the log. */
  readonly onFailure: (id: CheckId, thrown: unknown) => void;
}

/** Judges every line, tells what does not hold any more, and keeps it. For the job and for the shell, which thus lose no drift to each other. */
export async function checkNow({
  control,
  own,
  here,
  spoolDir,
  now,
  trustKey,
  onFailure,
}: CheckNowOptions): Promise<Checklist> {
  const { facts } = control;
  const seen = await readPosture({ spoolDir, facts, now, ...(trustKey !== undefined && { trustKey }) });
  const before = readChecklist(facts);
  const checklist = await makeChecklist({ seen, own, here, before, now, onFailure });
  tellDrift(checklist, { ...control, before });
  return checklist;
}
