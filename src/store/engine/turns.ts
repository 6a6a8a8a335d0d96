export type Turn = <T>(use: () => Promise<T>) => Promise<T>

/** Gives turns: each use starts when the one before has ended, well or badly, in the order of asking. */
export function takeTurns(): Turn {
  let last: Promise<unknown> = Promise.resolve()
  return use => {
    const mine = last.then(use)
    last = mine.catch(() => undefined)
    return mine
  }
}
