import { addressOf } from '../events.ts'
import { type Said, type Tag } from './feed.ts'

/** Who is right: for each person and merge tag the event that decides. */
export type Verdict = { readonly person: number; readonly tag: Tag; readonly said: Said; readonly granted: boolean }

type Contact = { readonly email_address: string; readonly merge_fields: Readonly<Record<string, unknown>> }

/** The newest choice wins, whatever came last; of two made at the same time, the denial. */
export const byTime = (feed: readonly Said[]): readonly Verdict[] =>
  decided(feed, (one, other) => one.said.madeAt - other.said.madeAt || Number(other.granted) - Number(one.granted))

/** What somebody ends up with who believes whatever came last. */
export const byArrival = (feed: readonly Said[]): readonly Verdict[] => decided(feed, () => 0)

/** Later ones in the feed win when `compare` finds none newer; a repeat of what holds already changes nothing. */
function decided(feed: readonly Said[], compare: (one: Verdict, other: Verdict) => number): readonly Verdict[] {
  const held = new Map<string, Verdict>()
  for (const said of feed) {
    for (const [tag, granted] of Object.entries(said.choices) as [Tag, boolean][]) {
      const verdict = { person: said.person, tag, said, granted }
      const key = `${said.person} ${tag}`
      const before = held.get(key)
      if (!before || compare(verdict, before) >= 0) held.set(key, verdict)
    }
  }
  return [...held.values()]
}

export const textOf = (granted: boolean): string => String(granted)

export type Judgement = {
  /** Contacts of whom Mailchimp holds something else than the newest choices. */
  readonly wrong: number
  /** Contacts who withdrew, and Mailchimp says that they agree. */
  readonly withdrawalsLost: number
}

export function judge(right: readonly Verdict[], contacts: readonly Contact[]): Judgement {
  const fields = new Map(contacts.map(contact => [contact.email_address, contact.merge_fields]))
  return compared(right, ({ person, tag }) => fields.get(addressOf(person))?.[tag])
}

/** The same for what a feed alone would leave, without any failure. */
export function judgeVerdicts(right: readonly Verdict[], verdicts: readonly Verdict[]): Judgement {
  const held = new Map(verdicts.map(({ person, tag, granted }) => [`${person} ${tag}`, textOf(granted)]))
  return compared(right, ({ person, tag }) => held.get(`${person} ${tag}`))
}

function compared(right: readonly Verdict[], heldOf: (verdict: Verdict) => unknown): Judgement {
  const differing = right.filter(verdict => heldOf(verdict) !== textOf(verdict.granted))
  const lost = differing.filter(verdict => heldOf(verdict) === textOf(true))
  const people = (verdicts: readonly Verdict[]): number => new Set(verdicts.map(({ person }) => person)).size
  return { wrong: people(differing), withdrawalsLost: people(lost) }
}
