// Preloaded into a bot by a test: it dies as soon as the homeserver has taken the new password, before it can note that.

const ordinary = globalThis.fetch;

globalThis.fetch = async (input, init) => {
  const response = await ordinary(input, init);
  if (!String(input).endsWith('/account/password') || !response.ok) return response;
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
};
