/** Bytes as a job tells them: in whole MB, both or none. */
export function inMegabytes(done: number | undefined, total: number | undefined): { done?: number; total?: number } {
  if (done === undefined || total === undefined) return {};
  return { done: Math.floor(done / 1e6), total: Math.ceil(total / 1e6) };
}
