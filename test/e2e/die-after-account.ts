// Preloaded into a bot by a test: it dies as soon as the homeserver has made an account or taken a new password for one, before it can answer.

const ordinary = globalThis.fetch;
const CHANGES = /\/_synapse\/admin\/v\d\/(users\/[^/]+|reset_password\/[^/]+)$/;

globalThis.fetch = async (input, init) => {
  const response = await ordinary(input, init);
  if ((init?.method ?? 'GET') === 'GET' || !CHANGES.test(String(input)) || !response.ok) return response;
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => {});
};
