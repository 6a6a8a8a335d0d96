/** How much is done at a time: as much as takes about half of what other callers may have to wait. */
export type Pace = { readonly size: () => number; readonly took: (ms: number) => void }

const [FEWEST, MOST] = [10, 200]
const [QUICK_MS, SLOW_MS] = [50, 150]

export function createPace(): Pace {
  let size = FEWEST
  return {
    size: () => size,
    took: ms => {
      if (ms < QUICK_MS) size = Math.min(MOST, size * 2)
      else if (ms > SLOW_MS) size = Math.max(FEWEST, Math.floor(size / 2))
    },
  }
}
