import { range } from '../numbers.ts'
import { seededRandom, shuffled } from './random.ts'

export const EVENTS = 20_000
export const CONTACTS = 5_000

/** The three purposes, and the merge tag of each. */
export const PURPOSES = { newsletter: 'NEWS', offers: 'OFFERS', partners: 'PARTNERS' } as const

export type Tag = (typeof PURPOSES)[keyof typeof PURPOSES]
/** What one event grants (true) and denies (false), by merge tag. */
export type Choices = Readonly<Partial<Record<Tag, boolean>>>
/** One Didomi event. What arrives twice is the same object. */
export type Said = { readonly id: number; readonly person: number; readonly madeAt: number; readonly choices: Choices }

const LATE = EVENTS * 0.05
const REPEATED = EVENTS * 0.05
const FIRST_MADE_AT = Date.UTC(2026, 0, 5)
const BETWEEN_MS = 100
/** Part of the events come from a person who made another choice within the last 20 seconds. */
const SOON_SHARE = 0.3
const SOON = 200
/** A few of those carry the very time of the one before. */
const TIED_SHARE = 0.05

/** The events in the order in which they arrive; the same for the same seed. */
export function createFeed(seed: number): readonly Said[] {
  const random = seededRandom(seed)
  const made = makeEvents(random)
  const later = nextOfSamePerson(made)
  const late = new Set(shuffled([...later.keys()], random).slice(0, LATE))
  const arrivals = made.map((said, index) => {
    const after = late.has(index) ? later.get(index) : undefined
    return { said, at: after === undefined ? index : after + 0.5 + random() * 300 }
  })
  const again = shuffled(arrivals, random).slice(0, REPEATED)
  const repeats = again.map(({ said, at }) => ({ said, at: at + 1 + random() * 3_000 }))
  return [...arrivals, ...repeats].sort((a, b) => a.at - b.at).map(({ said }) => said)
}

function makeEvents(random: () => number): readonly Said[] {
  const made: Said[] = []
  let deck: number[] = []
  for (const id of range(EVENTS - REPEATED)) {
    const before = random() < SOON_SHARE ? made[id - 1 - Math.floor(random() * SOON)] : undefined
    if (deck.length === 0) deck = shuffled(range(CONTACTS), random)
    const tied = before !== undefined && random() < TIED_SHARE
    made.push({
      id,
      person: before?.person ?? deck.pop() ?? 0,
      madeAt: tied ? before.madeAt : FIRST_MADE_AT + id * BETWEEN_MS,
      choices: choose(random),
    })
  }
  return made
}

/** All purposes at once, as after a banner, or a single one, as in a preference centre. */
function choose(random: () => number): Choices {
  const tags = Object.values(PURPOSES)
  const one = Math.floor(random() * tags.length)
  const stated = random() < 0.5 ? tags : tags.slice(one, one + 1)
  return Object.fromEntries<boolean>(stated.map(tag => [tag, random() < 0.5] as const))
}

/** By the place of an event, the place of the next one of the same person; those without one are left out. */
function nextOfSamePerson(made: readonly Said[]): ReadonlyMap<number, number> {
  const last = new Map<number, number>()
  const next = new Map<number, number>()
  for (const [index, { person }] of made.entries()) {
    const before = last.get(person)
    if (before !== undefined) next.set(before, index)
    last.set(person, index)
  }
  return next
}
