import { isDenied, placeKey, withdraws } from '../domain/choice.ts'
import { type Entity, type Family, type Statement } from '../domain/fact.ts'
import { parseInstant } from '../domain/instant.ts'
import { LIMITS } from '../domain/limits.ts'
import { attributesIn, NO_ATTRIBUTES, type Attributes } from './attributes.ts'
import { consentsIn, goneFrom, type Consents } from './consents.ts'
import { get, wholeNumber, type Asides, type Json } from './shape.ts'

/** An entity as a record writes it, new or old. */
type State = {
  readonly version: number | undefined
  readonly at: number | undefined
  readonly consents: Consents | undefined
  readonly attributes: Attributes
}

type Where = {
  readonly path: string
  /** Where the Didomi user of it stands. */
  readonly userPath: string
  /** What cannot be read is set aside here, value by value. */
  readonly asides: Asides
}

export function stateIn(entity: Json, user: Json, { path, userPath, asides }: Where): State {
  const consents = get(entity, 'consents')
  return {
    version: wholeNumber(get(entity, 'version')),
    at: parseInstant(get(entity, 'updated_at') ?? get(entity, 'created_at')),
    consents:
      consents === undefined || consents === null
        ? undefined
        : consentsIn(consents, { path: `${path}.consents`, asides, most: LIMITS }),
    attributes: attributesIn(entity, { path, person: user, personPath: userPath, asides, most: LIMITS }),
  }
}

/** What an entity says, and what it visibly no longer holds of the one before it. */
export function entityOf({ version, at, consents, attributes: own }: State, old: State | undefined): Entity {
  const { attributes, unread, isCut } = own
  const gone = consents && old?.consents ? goneFrom(old.consents, consents) : []
  const nulls = (consents?.nulls ?? []).map(place => ({ place, why: 'null' as const }))
  const held = new Set([...attributes.map(({ path }) => path), ...unread].map(path => JSON.stringify(path)))
  const before = isCut ? [] : (old?.attributes.attributes ?? []).map(({ path }) => path)
  return {
    version,
    at,
    statements: consents?.statements ?? [],
    blanks: [...nulls, ...gone.map(place => ({ place, why: 'gone' as const }))],
    attributes,
    lostAttributes: before.filter(path => !held.has(JSON.stringify(path))),
    hasConsents: consents !== undefined,
  }
}

export const NOTHING: Entity = entityOf(
  { version: undefined, at: undefined, consents: undefined, attributes: NO_ATTRIBUTES },
  undefined,
)

/** They may be all that says whom an event denies for; of the times of a record without a usable one nothing is believed. */
const namesIn = ({ attributes }: Entity): Entity['attributes'] =>
  attributes.filter(({ path }) => path[0] !== 'created_at' && path[0] !== 'updated_at')

type Believed = { readonly after: Entity; readonly isAll: boolean; readonly isNothing: boolean }

/**
 * R10: without a time, only what a record takes back is believed. A user's record repeats everything, so there it must
 * have changed; of a list, what it does not hold is taken back.
 */
export function takenBackIn(
  { after, before }: { readonly after: Entity; readonly before: Entity | undefined },
  family: Family,
): Believed {
  const known = new Map(
    before?.hasConsents === true ? before.statements.map(each => [placeKey(each.place), each.answer]) : [],
  )
  const repeats = ({ place, answer }: Statement): boolean => {
    const was = known.get(placeKey(place))
    return family === 'user' && was !== undefined && !withdraws(was, answer) && !withdraws(answer, was)
  }
  const stating = after.statements.filter(statement => !repeats(statement))
  const taking = stating.flatMap(({ place, answer }): Statement[] => {
    if (isDenied(answer)) return [{ place, answer }]
    const was = known.get(placeKey(place))
    const loses = family === 'event' || was === undefined || withdraws(was, answer)
    return answer !== true && loses ? [{ place, answer, takesOnly: true }] : []
  })
  return {
    after: { ...after, statements: taking, attributes: family === 'event' ? namesIn(after) : [], lostAttributes: [] },
    isAll: stating.every(({ answer }) => isDenied(answer)),
    isNothing: taking.length === 0 && after.blanks.length === 0 && stating.length > 0,
  }
}
