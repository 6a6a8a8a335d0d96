/** How many of these times, which are in order, are before that one. */
export function countBefore(times: readonly number[], time: number): number {
  let [from, to] = [0, times.length]
  while (from < to) {
    const middle = (from + to) >>> 1
    if ((times[middle] ?? 0) < time) from = middle + 1
    else to = middle
  }
  return from
}
