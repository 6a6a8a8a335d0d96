import { createDice, type Dice } from './dice.ts'
import { ALL_KINDS, type Kind } from './kinds.ts'
import { PEOPLE, peopleSteps } from './people.ts'
import { machineSteps } from './machine.ts'
import { type Step, type Story } from './story.ts'
import { mailchimpSteps, operatorSteps, USUAL, windowSteps } from './surroundings.ts'

/** What makes other kinds tell: these are in many worlds. */
const USUAL_KINDS: readonly Kind[] = ['again', 'late', 'repeats', 'devices', 'families']

/** The kinds of one world among those that are on: a few, so that what fails has few suspects. */
function chosen(dice: Dice, on: readonly Kind[]): ReadonlySet<Kind> {
  if (on.length <= 1) return new Set(on)
  const share = Math.max(0.1, Math.min(0.8, 4 / on.length))
  return new Set(on.filter(kind => dice.chance(USUAL_KINDS.includes(kind) ? 0.4 : share)))
}

/** The world of this seed, of some of the kinds that are on. */
export function storyOf(seed: number, on: readonly Kind[]): Story {
  const dice = createDice(seed)
  const kinds = chosen(dice, on)
  const has = (kind: Kind): boolean => kinds.has(kind)
  const sources = has('organisations') ? 2 : 1
  const matchesMetadata = has('metadata')
  const isUsers = has('users') || (has('nulls') && dice.chance(0.7))
  const feed = isUsers ? 'user' : 'event'
  // Whose a record is may hang on a user record, whichever family folds.
  const both =
    has('families') ||
    has('feeds') ||
    ((has('moves') || has('reuse') || has('withdraw')) && dice.chance(0.7)) ||
    (!isUsers && has('nulls'))
  const families: readonly ('event' | 'user')[] = both ? ['event', 'user'] : [feed]
  const options = {
    ...(matchesMetadata ? { match: 'metadata_email' } : {}),
    ...(has('clear') ? { no_choice: 'clear' } : {}),
    ...(has('withdraw') ? { on_user_deleted: 'withdraw' } : {}),
    ...(has('upsert') ? { new_contact_status: dice.pick(['transactional', 'subscribed', 'unsubscribed']) } : {}),
    ...(has('regulations') && dice.chance(0.5) ? { regulations: ['gdpr', 'cpra'] } : {}),
  }
  const changes = {
    mappings: matchesMetadata ? [...USUAL, { id: 'CITY', value: 'metadata_city' }] : USUAL,
    options,
    ...(has('upsert') ? { upsert_mode: true } : {}),
  }
  const read = Array.from({ length: sources }, (_, source) => source)
  // What one integration is spared or loses, another of the same source is still asked for.
  const isSecond = sources === 1 && (has('removals') || has('disables'))
  const integrations = [
    ...read.map(source => ({ source, audience: source, changes })),
    ...(isSecond ? [{ source: 0, audience: 1, changes }] : []),
  ]
  const people = read.flatMap(source => peopleSteps({ dice, kinds, families, source, matchesMetadata }))
  const room = { dice, kinds, count: integrations.length }
  const steps = [
    ...people,
    ...windowSteps(people, room),
    ...mailchimpSteps(room),
    ...operatorSteps(room),
    ...machineSteps(room, people),
  ]
  return {
    seed,
    kinds: ALL_KINDS.filter(has),
    feeds: read.map(() => feed),
    integrations,
    contacts: has('upsert') ? PEOPLE.slice(0, 1) : PEOPLE,
    steps: steps.toSorted(byTime),
  }
}

const byTime = (one: Step, other: Step): number => one.at - other.at
