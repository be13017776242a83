import type { Facts } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { type HostAnswer, type HostHelper, hostHelper } from '../host/host-helper.ts';
import { ReleaseFeed } from './release-feed.ts';
import { newestAfter, type Release } from './release-index.ts';

/** How this household runs the product, as far as an update has to know. Implemented for folders of releases and for images. */
export interface Deployment {
  readonly currentVersion: string;
  /** The newest release that can be switched to; undefined when this one is. Throws what the feed throws. */
  available(signal: AbortSignal): Promise<Release | undefined>;
  /** Lays ready what the host helper needs to switch to it. */
  prepare(release: Release, signal: AbortSignal): Promise<void>;
  /**
   * Asks the helper to switch: it stops this process, tries the new version, and goes back by itself unless that is confirmed. Returns
   * once the helper has begun. Throws AppError `unavailable` (reason `update-refused`) when it did not.
   */
  switchTo(release: Release, update: string, signal: AbortSignal): Promise<void>;
  /** Whether the helper has, or may have, begun an update that this process asked for. */
  mayHaveBegun(update: string): boolean;
  /** Tells the helper that the new version works. */
  confirm(update: string, signal: AbortSignal): Promise<HostAnswer | undefined>;
  /** Tells it that it does not. */
  goBack(update: string, signal: AbortSignal): Promise<HostAnswer | undefined>;
}

/** What both kinds need. */
export interface DeploymentParts {
  readonly version: string;
  readonly feed: ReleaseFeed;
  readonly helper: HostHelper;
}

/** Where releases come from, for `makeDeployment`; as in the settings. */
export interface DeploymentSettings {
  readonly kind: 'releases' | 'compose';
  readonly feed: string;
  readonly keyFile: string;
}

/** What `makeDeployment` has to know besides the settings. `facts`: of the control store. */
export interface Household {
  readonly spoolDir: string | undefined;
  readonly version: string;
  readonly facts: Pick<Facts, 'get' | 'set'>;
}

/** The deployment of the settings. Throws AppError `unavailable` (`no-host-helper`) where there is no helper to switch with. */
export function makeDeployment(settings: DeploymentSettings, { spoolDir, version, facts }: Household): Deployment {
  const helper = hostHelper(spoolDir);
  const { feed: url, keyFile } = settings;
  const feed = new ReleaseFeed({ url, keyFile, spoolDir: helper.spoolDir, facts });
  const make = settings.kind === 'releases' ? releaseFolders : composeImages;
  return make({ version, feed, helper });
}

/** The helper copies archives and looks for room on the disk before it begins. */
const BEGIN_MS = 30 * 60_000;
const VERDICT_MS = 60_000;

/** Folders `releases/<version>` with a link `current`, and services of systemd: the archive is fetched, the helper unpacks it. */
export function releaseFolders(parts: DeploymentParts): Deployment {
  return deployment(parts, {
    fits: () => true,
    prepare: async (release, signal) => {
      await parts.feed.layIndex();
      await parts.feed.layArchive(release, signal);
    },
  });
}

/** A compose file with the image by its digest: the helper lets Docker pull it. */
function composeImages(parts: DeploymentParts): Deployment {
  return deployment(parts, {
    fits: (release) => release.image !== '-',
    prepare: () => parts.feed.layIndex(),
  });
}

function deployment(
  { version, feed, helper }: DeploymentParts,
  kind: { fits(release: Release): boolean; prepare: Deployment['prepare'] },
): Deployment {
  const verdict = (verb: 'confirm-release' | 'return-release') => (update: string, signal: AbortSignal) =>
    helper.ask({ verb, update }, { signal, timeoutMs: VERDICT_MS });
  return {
    currentVersion: version,
    available: async (signal) => newestAfter((await feed.releases(signal)).filter(kind.fits), version),
    prepare: async (release, signal) => {
      // What an earlier update had fetched.
      await feed.clear();
      await kind.prepare(release, signal);
    },
    switchTo: async (release, update, signal) => {
      const asked = { verb: 'apply-release', version: release.version } as const;
      const begun = { signal, timeoutMs: BEGIN_MS, id: update, onProgress: (line: string) => line === 'accepted' };
      const answer = await helper.ask(asked, begun);
      if (answer !== undefined) throw refused(answer);
    },
    mayHaveBegun: (update) => helper.mayHaveTaken(update),
    confirm: verdict('confirm-release'),
    goBack: verdict('return-release'),
  };
}

function refused({ facts }: HostAnswer): AppError {
  return new AppError('unavailable', `the host helper did not begin the update (${facts.reason ?? 'no reason'})`, {
    reason: 'update-refused',
    hint: 'Nothing was changed. What each reason means stands in ops/RUNBOOK.md; the helper’s own log on the host is acts.log in its folder.',
    facts: { why: facts.reason ?? '' },
  });
}
