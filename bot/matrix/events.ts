/** An event as the homeserver sends it; everything in it comes from outside and is checked before use. */
export interface MatrixEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly origin_server_ts: number;
  readonly state_key?: string;
  readonly redacts?: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly unsigned?: Readonly<Record<string, unknown>>;
}

/** One joined room of a `/sync` answer. */
export interface JoinedRoomSync {
  readonly state?: { readonly events?: readonly MatrixEvent[] };
  readonly timeline?: {
    readonly events?: readonly MatrixEvent[];
    readonly limited?: boolean;
    readonly prev_batch?: string;
  };
}

/** What we read of a `/sync` answer (client-server API, "Syncing"). */
export interface SyncAnswer {
  readonly next_batch: string;
  readonly rooms?: {
    readonly join?: Readonly<Record<string, JoinedRoomSync>>;
    readonly invite?: Readonly<
      Record<string, { readonly invite_state?: { readonly events?: readonly Partial<MatrixEvent>[] } }>
    >;
    readonly leave?: Readonly<Record<string, unknown>>;
  };
  readonly to_device?: { readonly events?: readonly unknown[] };
  readonly device_lists?: { readonly changed?: readonly string[]; readonly left?: readonly string[] };
  readonly device_one_time_keys_count?: Readonly<Record<string, number>>;
  readonly device_unused_fallback_key_types?: readonly string[];
}

/** A string field of untrusted content; undefined when it is missing or of another type. */
export function stringField(content: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = content[key];
  return typeof value === 'string' ? value : undefined;
}

/** An object field of untrusted content; undefined when it is missing or of another type. */
export function objectField(
  content: Readonly<Record<string, unknown>>,
  key: string,
): Record<string, unknown> | undefined {
  const value = content[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** True for an event of the shape that we store; anything else from a homeserver is dropped and counted. */
export function isMatrixEvent(value: unknown): value is MatrixEvent {
  if (typeof value !== 'object' || value === null) return false;
  const event = value as Record<string, unknown>;
  return (
    typeof event.event_id === 'string' &&
    typeof event.type === 'string' &&
    typeof event.sender === 'string' &&
    typeof event.origin_server_ts === 'number' &&
    objectField(event, 'content') !== undefined &&
    ['string', 'undefined'].includes(typeof event.state_key) &&
    ['string', 'undefined'].includes(typeof event.redacts)
  );
}

/** A list of untrusted content; empty when it is missing or of another type. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
