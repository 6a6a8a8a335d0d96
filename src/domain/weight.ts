/** How much is known of persons: how many facts, and their length as they are kept. */
export type Weight = { readonly facts: number; readonly bytes: number }

export const NOTHING_TOLD: Weight = { facts: 0, bytes: 0 }

const MIB = 1024 * 1024

/**
 * One decision reads all facts of a person at once, so their number needs a bound: a year of a choice an
 * hour, and some seconds of work.
 */
const MOST: Weight = { facts: 10_000, bytes: 32 * MIB }

/** Persons are decided on together up to here: work of some 50 ms, after which others have their turn. */
const PART: Weight = { facts: 1_000, bytes: 1 * MIB }

export const isTooMuch = (weight: Weight): boolean => isOver(weight, MOST)

const isOver = ({ facts, bytes }: Weight, most: Weight): boolean => facts > most.facts || bytes > most.bytes

export const plus = (a: Weight, b: Weight): Weight => ({ facts: a.facts + b.facts, bytes: a.bytes + b.bytes })

/** In their order, in parts, each of one alone or of several within the bound. */
export function inParts<T>(items: readonly T[], weightOf: (item: T) => Weight): T[][] {
  const parts: T[][] = []
  let weight = NOTHING_TOLD
  for (const item of items) {
    const last = parts.at(-1)
    weight = plus(weight, weightOf(item))
    if (last && !isOver(weight, PART)) last.push(item)
    else {
      parts.push([item])
      weight = weightOf(item)
    }
  }
  return parts
}
