/** For `catch`: undefined where a file is not there, and thrown again what else went wrong. */
export function missing(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT') throw thrown;
}
