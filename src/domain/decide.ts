import { type Fact, type Family } from './fact.ts'
import { fold, type ConsentState } from './fold.ts'
import { type Settings } from './integration.ts'
import { sharesOf } from './whose.ts'
import { desiredFor, withoutRefused, withoutTaken, type Audience, type Desired } from './mapping.ts'
import { type ContactRef } from './person.ts'
import { contactFor, planFor, type Fields, type Plan } from './plan.ts'
import { type TakenTag } from './taken-tag.ts'

export type DecideRequest = {
  readonly facts: readonly Fact[]
  readonly feed: Family
  readonly person: string
  readonly settings: Settings
  readonly audience: Audience
  /** The mapped tags that another integration fills. */
  readonly taken: readonly TakenTag[]
  /** Values that Mailchimp refused, by target. */
  readonly refused: Fields
  /** The targets that may be filled now; undefined for all of them. */
  readonly only?: readonly string[] | undefined
  /** What Mailchimp confirmed last for this contact; undefined when that is unknown or no longer sure. */
  readonly lastDelivered: (contact: ContactRef) => Fields | undefined
}

/** Every step from facts to the one thing to do, so that a person who asks can be shown why. */
export type Decision = {
  readonly state: ConsentState
  readonly contact: ContactRef | undefined
  readonly desired: Desired
  readonly lastDelivered: Fields | undefined
  readonly plan: Plan
}

/** Fold, mapping and plan in one go. A delivery acts on it; a dry run only shows it. */
export function decide({
  facts,
  feed,
  person,
  settings,
  audience,
  taken,
  refused,
  only,
  lastDelivered,
}: DecideRequest): Decision {
  const { options } = settings
  const state = fold(sharesOf(person, facts), {
    family: feed,
    regulations: options.regulations,
    onUserDeleted: options.onUserDeleted,
  })
  const contact = contactFor(state, person, settings)
  const desired = withoutRefused(withoutTaken(desiredFor(state, settings, audience), taken), refused)
  const last = contact && lastDelivered(contact)
  return {
    state,
    contact,
    desired,
    lastDelivered: last,
    plan: planFor({ settings, contact, desired, lastDelivered: last, only }),
  }
}
