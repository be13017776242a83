/** What a request to a homeserver may carry. */
export interface JsonCall {
  readonly method?: string;
  readonly accessToken?: string;
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

/** A homeserver's refusal: `status` and, when it said one, the Matrix error code. */
export class HomeserverError extends Error {
  readonly status: number;
  readonly errcode: string;

  constructor(status: number, errcode: string, message: string) {
    super(message);
    this.status = status;
    this.errcode = errcode;
  }
}

/** One JSON request without any client library; throws HomeserverError for an answer outside 2xx. */
export async function callJson<Answer>(url: string, call: JsonCall = {}): Promise<Answer> {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (call.accessToken !== undefined) headers.authorization = `Bearer ${call.accessToken}`;
  const response = await fetch(url, {
    method: call.method ?? 'GET',
    headers,
    body: call.body === undefined ? null : JSON.stringify(call.body),
    signal: AbortSignal.timeout(call.timeoutMs ?? 60_000),
  });
  const text = await response.text();
  if (!response.ok) {
    const { errcode = '', error = text } = parsed(text);
    throw new HomeserverError(
      response.status,
      errcode,
      `${call.method ?? 'GET'} ${url}: ${response.status} ${errcode} ${error}`,
    );
  }
  return JSON.parse(text) as Answer;
}

function parsed(text: string): { errcode?: string; error?: string } {
  try {
    return JSON.parse(text) as { errcode?: string; error?: string };
  } catch {
    return {};
  }
}
