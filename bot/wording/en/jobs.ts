import { FORMATS, progressBar, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { JobFacts, OpsLife, ScheduleWords } from '../facts/jobs.ts';

const { bytes, count, duration, list, moment, number } = FORMATS.en;

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const ENDED = {
  running: 'is still running',
  ok: 'went well',
  partly: 'went **well in part only**',
  failed: '**failed**',
  cancelled: 'was cancelled',
  lost: 'was **cut off** when its process died',
} as const;

const NOTHING = {
  notSetUp: 'not set up yet',
  nothingNew: 'there was nothing new',
  tooEarly: 'it was too early',
  '': '',
} as const;

const WENT: Readonly<Record<string, string>> = {
  ok: 'went well',
  failed: '**failed**',
  'not-set-up': 'not set up here',
};

const UNCHANGED = {
  failed:
    'The old keys are in their place, unless the log says that the host helper did not answer: then its `acts.log` on the host tells.',
  lost: 'Whether the keys are new tells the `acts.log` of the host helper, on the host.',
} as const;

/** English: jobs. */
export const jobs: Entries<JobFacts> = {
  'job.health': () => 'the health check',
  'job.backup': () => 'the backup',
  'job.drill': () => 'the drill of the newest backup',
  'job.audit': () => 'the check of the audit trail',
  'job.send': () => 'the sending of backups',
  'job.sendBeside': () => 'the sending of what was erased, and of evidence',
  'job.digest': () => 'the weekly digest',
  'job.hostUpdates': () => 'the security updates of the host',
  'job.update': () => 'the update of Kinkeeper',
  'job.evidence': () => 'keeping evidence',
  'job.rehearsal': () => 'the rehearsal of an incident',
  'job.checklist': () => 'the judging of the security checklist',
  'job.sshHostKeys': () => 'new host keys for SSH',
  'job.wireguard': () => 'new keys for WireGuard',
  'step.evidence.gathering': () => 'gathering logs and records',
  'step.evidence.sealing': () => 'sealing them to the keys of the backups',
  'step.rehearsal.going': () => 'going through the steps',
  'step.checklist.reading': () => 'reading what the host says',
  'step.health.probe': () => 'waiting for the homeserver to answer',
  'step.send.sending': () => 'sending (megabytes)',
  'step.backup.freezing': () => 'waiting for a moment in which nobody writes',
  'step.backup.writing': () => 'sealing, in MB',
  'step.backup.verifying': () => 'reading back what was written',
  'step.drill.fetching': () => 'restoring into a scratch place, in MB',
  'step.drill.opening': () => 'opening every store',
  'step.drill.asking': () => 'asking the test questions',
  'step.update.looking': () => 'looking for what is newer',
  'step.update.models': () => 'asking the registry of the models',
  'step.update.pulling': () => 'fetching a newer model, in MB',
  'step.update.measuring': () => 'asking the old and the new model the test questions',
  'step.update.fetching': () => 'fetching it',
  'step.update.noting': () => 'noting what has to be there afterwards',
  'step.update.switching': () => 'handing over to the host helper; I will be silent for a few minutes',
  'step.host.installing': () => 'waiting for the host helper to install them',
  'step.host.changing': () => 'waiting for the host helper to change them',
  'figure.generation': ({ figure }) => `\`${figure}\``,
  'figure.bytes': ({ figure }) => bytes(Number(figure)),
  'figure.entries': ({ figure }) => count(Number(figure), 'file', 'files'),
  'figure.tenants': ({ figure }) => count(Number(figure), 'store', 'stores'),
  'figure.documents': ({ figure }) => count(Number(figure), 'document', 'documents'),
  'figure.questions': ({ figure }) => count(Number(figure), 'test question', 'test questions'),
  'figure.sent': ({ figure }) => `${number(Number(figure))} sent`,
  'figure.removed': ({ figure }) => `${number(Number(figure))} removed`,
  'figure.failed': ({ figure }) => `${number(Number(figure))} failed`,
  'figure.failedAt': ({ figure }) => `namely ${figure} (the alert about it says what to do)`,
  'figure.missing': ({ figure }) => `${number(Number(figure))} gone`,
  'figure.whole': ({ figure }) => `${count(Number(figure), 'copy', 'copies')} read again and whole`,
  'figure.changed': ({ figure }) => `${number(Number(figure))} damaged`,
  'figure.badCopies': ({ figure }) => `${count(Number(figure), 'copy', 'copies')} of no use`,
  'figure.installed': ({ figure }) => `${number(Number(figure))} installed`,
  'figure.waiting': ({ figure }) => `${number(Number(figure))} still to come`,
  'figure.security': ({ figure }) =>
    count(Number(figure), 'security update of the host waits', 'security updates of the host wait'),
  'figure.all': ({ figure }) =>
    `${count(Number(figure), 'package of the host has a newer version', 'packages of the host have a newer version')}, security or not`,
  'figure.reboot': ({ figure }) => (figure === 'true' ? 'the host **wants a restart**' : 'the host needs no restart'),
  'figure.hostUnknown': () => 'the packages of the host could not be looked at',
  'figure.modelsCurrent': ({ figure }) => count(Number(figure), 'model has no newer one', 'models have no newer ones'),
  'figure.modelsNewer': ({ figure }) => `a newer model is there: ${figure}`,
  'figure.modelsUpdated': ({ figure }) => `a newer model answers now: ${figure}`,
  'figure.modelsReturned': ({ figure }) =>
    `a newer model did worse on the test questions, the old one stays: ${figure}`,
  'figure.modelsRefused': ({ figure }) =>
    `a newer model is there that did worse here, the old one stays: ${figure} (\`ollama pull\` takes it all the same)`,
  'figure.modelsOwn': ({ figure }) => `this model was made here, or is not of the registry: ${figure}`,
  'figure.modelsByHand': ({ figure }) =>
    `a newer model for vectors is there, which would have to be made anew: ${figure} (README, “Updates”, says how)`,
  'figure.modelsFailed': ({ figure }) => `a newer model could not be taken, the old one stays: ${figure}`,
  'figure.modelsUnknown': ({ figure }) => `this model could not be looked at: ${figure}`,
  'figure.lock': ({ figure }) => `locking down: ${went(figure)}`,
  'figure.outside': ({ figure }) => `closing the outside: ${went(figure)}`,
  'figure.evidence': ({ figure }) => `evidence: ${went(figure)}`,
  'figure.restore': ({ figure }) => `a proven backup: ${went(figure)}`,
  'figure.report': ({ figure }) => `the report: ${went(figure)}`,
  'figure.archive': ({ figure }) => `archive ${figure}`,
  'figure.files': ({ figure }) => count(Number(figure), 'file', 'files'),
  'figure.pass': ({ figure }) => `${number(Number(figure))} as they should be`,
  'figure.fail': ({ figure }) =>
    figure === 0 ? 'none that is not' : `**${count(Number(figure), 'line', 'lines')} not** (\`!checklist\`)`,
  'figure.unknown': ({ figure }) => `${number(Number(figure))} not known`,
  'figure.rows': ({ figure }) => count(Number(figure), 'row', 'rows'),
  'figure.leftOut': ({ figure }) => `${number(Number(figure))} left out`,
  'figure.notInIt': ({ figure }) => (figure === 0 ? 'nothing is missing' : '**not in it:**'),
  'figure.from': ({ figure }) => `Kinkeeper ${figure} runs here`,
  'figure.newest': () => 'which is the newest',
  'figure.to': ({ figure }) => `${figure} is newer`,
  'figure.backup': ({ figure }) => `backup \`${figure}\``,
  'figure.byHand': () => 'Kinkeeper itself is updated by hand',
  'jobs.head': () => '**The jobs**',
  'jobs.line': ({ id, job, details }) => `- ${id}, ${job}: ${details.join('; ')}`,
  'jobs.when': ({ schedule, nextAt }) => `${whenOf(schedule)}${nextAt > 0 ? `, next ${moment(nextAt)}` : ''}`,
  'jobs.last': ({ ended, nothing, ranAgo, took, reference }) =>
    ended === 'nothing'
      ? `the last run, ${duration(wholeMinutes(ranAgo))} ago, did nothing (${NOTHING[nothing]})`
      : `the last run, ${duration(wholeMinutes(ranAgo))} ago, ${ENDED[ended]} ${after(took)}${reference === '' ? '' : ` (in the log: **${reference}**)`}`,
  'jobs.never-ran': () => 'never ran so far',
  'jobs.now': ({ dry, took, progress }) =>
    `**running**${dry ? ' dry' : ''} for ${duration(took)}${progress.source === '' ? '' : ` (${progress})`}`,
  'jobs.waiting': ({ requests }) => `${count(requests, 'request waits', 'requests wait')}`,
  'jobs.foot': ({ run, cancel }) => `${run} runs one now, ${cancel} ends it.`,
  'jobs.no-ops': (ops) => `**No job can run now:** ${silence(ops)} What was asked for waits, and runs when it is back.`,
  'jobs.unknown': ({ given, jobNames }) => `There is no job “${given}”. There are: ${list(jobNames.map(String))}.`,
  'jobs.progress': ({ step, stepsDone, stepsTotal }) =>
    stepsDone < 0
      ? `${step}`
      : stepsTotal <= 0
        ? `${step}: ${number(stepsDone)}`
        : `${step} ${progressBar(stepsDone / stepsTotal)} ${number(stepsDone)} of ${number(stepsTotal)}`,
  'run.waiting': ({ job, dry, begins }) =>
    `You asked for ${job}${dryly(dry)}. ${begins === 'soon' ? 'It begins in a moment.' : 'It is running already; yours comes right after.'}`,
  'run.again': ({ job, dry }) => `You asked for ${job}${dryly(dry)}. It was cut off, and begins once more.`,
  'run.now': ({ job, dry, took, progress }) =>
    `You asked for ${job}${dryly(dry)}. Running for ${duration(took)}${progress.source === '' ? '.' : `: ${progress}`}`,
  'run.ended': ({ job, dry, ended, took, reference, counted }) =>
    [
      `You asked for ${job}${dryly(dry)}. It ${ENDED[ended]} ${after(took)}.`,
      reference === '' ? '' : ` Reference in the log: **${reference}**.`,
      ended === 'lost' ? ' I do not repeat it by myself; ask again if you want it.' : '',
      counted.source === '' ? '' : `\n\nCounted: ${counted}`,
    ].join(''),
  'run.refused': ({ job, why }) =>
    why === 'no-dry'
      ? `You asked for ${job} as a dry run. It knows none, so nothing was done; without that word it runs for real.`
      : `You asked for ${job}. The process of the jobs does not know it; is it of another version than I am? Nothing was done.`,
  'run.withdrawn': ({ job, dry }) => `You asked for ${job}${dryly(dry)}. It was cancelled before it began.`,
  'run.then.backup': () =>
    'It was read back, but is not proven by restoring it yet, nor sent elsewhere. Both come by themselves when `!jobs` says, or now: `!run drill`, `!run send`.',
  'run.then.sshHostKeys': ({ ended }) =>
    ended === 'ok'
      ? 'Those are the **new fingerprints**. Everybody who comes in by SSH is warned once that the host key changed: compare it with these, then `ssh-keygen -R HOST`. Look through every `authorized_keys` as well.'
      : UNCHANGED[ended],
  'run.then.wireguard': ({ ended }) =>
    ended === 'ok'
      ? '**Nobody comes in by the VPN until their device has the new public key of the server**: put it into the WireGuard settings of every phone and laptop, and make each of them a new key of its own, too. SSH stays open meanwhile.'
      : UNCHANGED[ended],
  'run.not-set-up': ({ job }) =>
    `You asked for ${job}. Nothing was done: it is not set up, or was not yet when bot and ops started (restart them then). \`config/sample.yaml\` and README on the server say how.`,
  'run.nothing-new': ({ job }) => `You asked for ${job}. There was nothing new to do.`,
  'run.too-early': ({ job }) => `You asked for ${job}. It is too early: there is less than a day to tell of.`,
  'run.gone': ({ job, dry }) =>
    `You asked for ${job}${dryly(dry)}. Its record was removed meanwhile, so I cannot tell how it ended.`,
  'cancel.done': ({ job, withdrawn, ending }) =>
    `Cancelled ${job}: ${list([
      ...(ending > 0 ? ['what runs ends now'] : []),
      ...(withdrawn > 0 ? [`${count(withdrawn, 'request that waited is', 'requests that waited are')} withdrawn`] : []),
    ])}.`,
  'cancel.none': ({ job }) => `Nothing to cancel: ${job} neither runs nor waits.`,
};

function dryly(dry: boolean): string {
  return dry ? ', as a dry run' : '';
}

function after(took: number): string {
  return took < 1000 ? 'within a second' : `after ${duration(took)}`;
}

function silence({ life, heardAgo }: OpsLife): string {
  return life === 'never'
    ? 'their process (`npm run ops`) was never heard.'
    : `nothing was heard of their process (\`npm run ops\`) for ${duration(wholeMinutes(heardAgo))}.`;
}

function whenOf(schedule: ScheduleWords): string {
  switch (schedule.kind) {
    case 'off':
      return 'only when asked';
    case 'unknown':
      return 'schedule not known yet';
    case 'minutes':
      return schedule.every === 1 ? 'every minute' : `every ${number(schedule.every)} minutes`;
    case 'hourly':
      return `every hour at minute ${number(schedule.minute)}`;
    case 'daily':
      return `daily at ${schedule.time}`;
    case 'weekly':
      return `every ${DAYS[schedule.day]} at ${schedule.time}`;
    case 'monthly':
      return `on day ${number(schedule.date)} of each month at ${schedule.time}`;
    case 'cron':
      return `on ${schedule.expression}`;
  }
}

/** How a step of a rehearsal went. */
function went(outcome: string | number): string {
  return WENT[outcome] ?? String(outcome);
}
