/**
 * What the host helper (root, on a timer) last saw of the host and its containers, for the health job. null: this host
 * does not tell. Times in milliseconds since 1970.
 */
export interface HostFacts {
  /** When it looked. */
  readonly at: number;
  readonly timeSynchronised: boolean | null;
  /** Failed logins by SSH in the last 24 hours. */
  readonly failedLogins: number | null;
  /** Addresses that fail2ban shuts out now. */
  readonly bans: number | null;
  /** Successful logins by SSH in the last 24 hours, oldest first. */
  readonly sshLogins: readonly { readonly at: number; readonly user: string; readonly from: string }[] | null;
  readonly containers:
    | readonly {
        readonly name: string;
        readonly restarts: number;
        readonly running: boolean;
        /** When its image was built. */
        readonly imageMadeAt: number | null;
      }[]
    | null;
  /** When the certificate of the public name ends. */
  readonly certificateEndsAt: number | null;
  /** Packages with security updates that wait. */
  readonly securityUpdates: number | null;
  readonly rebootRequired: boolean | null;
}
