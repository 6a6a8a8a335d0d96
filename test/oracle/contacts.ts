import { createHash } from 'node:crypto'
import { attributeStory, type Held } from './attributes.ts'
import { addressOf, type Life } from './lives.ts'
import { countedFor, type Reading } from './persons.ts'
import { type Family } from './record.ts'
import { type Word } from './words.ts'

/** An integration as the oracle needs it: its document, and the family that its source folds. */
export type Asked = {
  readonly id: string
  readonly source: string
  readonly audience: string
  readonly mappings: readonly { readonly id: string; readonly value: string }[]
  readonly family: Family
  readonly match: string
  readonly regulations: readonly string[]
  readonly noChoice: 'keep' | 'clear'
  readonly onUserDeleted: 'keep' | 'withdraw'
}

/** Who names one contact, and all that was ever said which counts for it (R16b, R16f). */
export type Named = {
  readonly contact: string
  readonly persons: readonly string[]
  readonly words: readonly Word[]
  /** Who named it before. */
  readonly leavers: readonly string[]
  /** When the last of those who named it before ceased to, by the facts. */
  readonly leftAt: number
}

/** How Mailchimp names a contact of this address in a path. */
export const hashOf = (address: string): string => createHash('md5').update(address.toLowerCase()).digest('hex')

type Naming = { readonly person: string; readonly contact: string; readonly from: number; readonly until: number }

export function namedContacts(
  words: readonly Word[],
  lives: readonly Life[],
  { asked, reading }: { readonly asked: Asked; readonly reading: Reading },
): readonly Named[] {
  const counted = words.flatMap(word => countedFor(word, reading))
  const persons = [...new Set(counted.map(({ person }) => person))]
  const namings = asked.match.startsWith('metadata_')
    ? namingsByAttribute(lives, asked, reading)
    : persons.flatMap(person => {
        const contact = contactOf(person, asked.match)
        return contact === undefined ? [] : [{ person, contact, from: -Infinity, until: Infinity }]
      })
  return [...new Set(namings.map(({ contact }) => contact))].map(contact => {
    const own = namings.filter(naming => naming.contact === contact)
    const now = own.filter(({ until }) => until === Infinity).map(({ person }) => person)
    const present = counted.filter(({ person }) => now.includes(person)).map(({ word }) => word)
    const left = own
      .filter(({ person, until }) => until !== Infinity && !now.includes(person))
      .flatMap(({ person, until }) =>
        counted
          .filter(each => each.person === person && each.word.at < until)
          .map(({ word }) => ({ ...word, stands: false, isLeavers: true as const })),
      )
    const leftAt = Math.max(-Infinity, ...own.map(({ until }) => until))
    const leavers = own.map(({ person }) => person).filter(person => !now.includes(person))
    return { contact, persons: now, words: [...present, ...left], leavers, leftAt }
  })
}

function contactOf(person: string, match: string): string | undefined {
  const address = addressOf(person)
  if (match === 'email') return address === undefined ? undefined : hashOf(address)
  if (match === 'subscriber_hash') return /^[0-9a-f]{32}$/i.test(person) ? person.toLowerCase() : undefined
  return person
}

function namingsByAttribute(
  lives: readonly Life[],
  { match, family, regulations }: Asked,
  reading: Reading,
): readonly Naming[] {
  const story = attributeStory(lives, { key: match, family, regulations, reading })
  return [...new Set(story.map(({ person }) => person))].flatMap(person => {
    const held = story.filter(each => each.person === person)
    return held.flatMap((each, index) => namingOf(each, held[index + 1]))
  })
}

function namingOf({ person, value, at, undatedUntil = -Infinity }: Held, next: Held | undefined): readonly Naming[] {
  const address = value === undefined ? undefined : addressOf(value)
  if (address === undefined) return []
  return [{ person, contact: hashOf(address), from: at, until: next ? Math.max(next.at, undatedUntil) : Infinity }]
}
