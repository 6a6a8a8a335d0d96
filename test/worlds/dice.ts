import { seededRandom } from '../../simulator/random.ts'

/** Chances that look drawn and are the same in every run of one seed. */
export type Dice = {
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number
  chance(share: number): boolean
  pick<T>(list: readonly [T, ...T[]]): T
  /** One of a list that may be empty. */
  any<T>(list: readonly T[]): T | undefined
}

export function createDice(seed: number): Dice {
  // Neighbouring seeds would begin alike.
  const next = seededRandom((seed * 2_654_435_761) >>> 0)
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    below,
    chance: share => next() < share,
    pick: list => list[below(list.length)] ?? list[0],
    any: list => list[below(list.length)],
  }
}
