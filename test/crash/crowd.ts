import { createHash } from 'node:crypto'
import { type Random } from '../../simulator/random.ts'
import { event } from '../world.ts'

/** What one person says, and when: `minute` of a morning on which some say two things at once. */
export type Letter = {
  readonly id: string
  readonly who: string
  readonly minute: number
  readonly grants: boolean
  readonly body: string
}

export type Person = { readonly address: string; readonly status: ContactStatus | undefined }

const STATUSES = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional'] as const
type ContactStatus = (typeof STATUSES)[number]

const MORNING = Date.UTC(2024, 4, 2, 9)
const EVERY_NTH_IS_ABSENT = 12
const SHARE_OF_REPEATS = 0.12
/** How many turns early or late a letter may come, so that some overtake the next of the same person. */
const DISORDER = 1.6

/** Every twelfth is no contact at Mailchimp; the others have every status there. */
export const peopleFor = (count: number): Person[] =>
  Array.from({ length: count }, (_, index) => ({
    address: `person-${index}@mail.test`,
    status: index % EVERY_NTH_IS_ABSENT === 0 ? undefined : STATUSES[index % STATUSES.length],
  }))

/** Each person's choices in turn, mixed with everybody else's, some out of order; and some of them once more later. */
export function lettersOf(people: readonly Person[], choices: readonly [least: number, most: number], dice: Random) {
  const written = people.flatMap(({ address }, index) => choicesOf(address, between(choices, dice), index, dice))
  const repeats = written
    .filter(() => dice() < SHARE_OF_REPEATS)
    .map(({ letter, turn }) => ({ letter, turn: turn + 1 + dice() * 2 }))
  const posted = [...written, ...repeats].sort((a, b) => a.turn - b.turn).map(({ letter }) => letter)
  return { distinct: written.map(({ letter }) => letter), posted }
}

function choicesOf(who: string, count: number, index: number, dice: Random) {
  let minute = 0
  return Array.from({ length: count }, (_, turn) => {
    minute += Math.floor(dice() * 3)
    return {
      letter: letterFrom({ id: `${index}-${turn}`, who, minute, grants: dice() < 0.5 }),
      turn: turn + dice() * DISORDER,
    }
  })
}

export function letterFrom(said: Omit<Letter, 'body'>): Letter {
  const at = new Date(MORNING + said.minute * 60_000).toISOString()
  return { ...said, body: JSON.stringify(event({ ...said, at, purposes: { newsletter: said.grants } })) }
}

export const between = ([least, most]: readonly [number, number], dice: Random): number =>
  least + Math.floor(dice() * (most - least + 1))

/** The oracle, which shares nothing with the fold: the newest choice wins, at equal times the denial does. */
export function newestOf(letters: readonly Letter[]): ReadonlyMap<string, boolean> {
  const newest = new Map<string, Letter>()
  for (const letter of letters) {
    const rival = newest.get(letter.who)
    const wins = !rival || letter.minute > rival.minute || (letter.minute === rival.minute && !letter.grants)
    if (wins) newest.set(letter.who, letter)
  }
  return new Map([...newest].map(([who, { grants }]) => [who, grants]))
}

/** How Mailchimp addresses a contact. */
export const contactHash = (address: string): string => createHash('md5').update(address).digest('hex')
