/** A signal's controller for one time of work, between two locks. `cleanup` ends its watch over `stop`. Aborts with the process, or by itself. */
export function phaseOf(stop: AbortController, cleanup: AsyncDisposableStack): AbortController {
  const phase = new AbortController();
  const end = () => phase.abort(stop.signal.reason);
  if (stop.signal.aborted) end();
  stop.signal.addEventListener('abort', end);
  cleanup.defer(() => stop.signal.removeEventListener('abort', end));
  return phase;
}
