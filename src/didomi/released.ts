import { hash } from 'node:crypto'
import { isDenied } from '../domain/choice.ts'
import { parseType, type Attribute, type Family, type Statement } from '../domain/fact.ts'
import { dateFact, parseInstant } from '../domain/instant.ts'
import { lowerAscii } from '../domain/person.ts'
import { attributesIn } from './attributes.ts'
import { consentsIn } from './consents.ts'
import { FARTHEST, unflatten } from './flattened.ts'
import { createAsides, get, isObject, optionalId, optionalObject, requiredId, type Json, type Most } from './shape.ts'

/**
 * The key that the first release gave to the fact of each record of a body, by which the fact is found again; undefined
 * for a record that left no fact. That reader rounded numbers, did not know an old entity's person, nulls and
 * what is gone, took no zone but `Z` and `±hh:mm`, and set a record apart as a whole.
 */
export function releasedKeys(raw: Uint8Array, receivedAt: number): readonly (string | undefined)[] {
  const body = bodyIn(raw)
  const records: readonly unknown[] = Array.isArray(body) ? body : [body]
  return records.map(record => {
    try {
      return isObject(record) ? keyOf(unflatten(record, FARTHEST), receivedAt) : undefined
    } catch {
      // It was set apart as a whole.
      return undefined
    }
  })
}

function bodyIn(raw: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(raw))
  } catch {
    return undefined
  }
}

function keyOf(envelope: Json, receivedAt: number): string | undefined {
  const known = parseType(requiredId(get(envelope, 'type'), 'type'))
  const parameters = optionalObject(get(envelope, 'parameters'), 'parameters') ?? envelope
  const entity =
    optionalObject(get(parameters, 'new_entity'), 'new_entity') ?? optionalObject(get(parameters, 'entity'), 'entity')
  if (!known || !entity) return undefined
  const old = optionalObject(get(parameters, 'old_entity'), 'old_entity')
  const source = optionalObject(get(parameters, 'source'), 'source')
  const { family, kind } = known
  const user = userOf(family, entity)
  const about = {
    entityId: requiredId(get(entity, 'id'), 'id'),
    userId: optionalId(get(user, 'id'), 'id') ?? '',
    person: personIn(user),
    status: family === 'event' && kind !== 'deleted' ? (get(entity, 'status') ?? 'confirmed') : 'confirmed',
    regulation: regulationIn([entity, parameters, envelope]),
    createdAt: instantOf(get(entity, 'created_at')),
    cause: causeIn(source),
  }
  const key = ({ now, before }: Said): string =>
    hash(
      'sha256',
      JSON.stringify([
        family,
        kind,
        about.entityId,
        about.userId,
        about.person,
        about.status,
        about.regulation,
        about.createdAt,
        now,
        before,
        about.cause,
      ]),
    )
  if (kind === 'deleted') return key({ now: NOTHING, before: undefined })
  const now = stateOf(entity, user)
  const earlier = old && stateOf(old, userOf(family, old))
  const before = old && (get(old, 'consents') ?? undefined) !== undefined ? earlier : undefined
  const stamp = stampOf({ family, kind, entity, source })
  const isZoned = typeof stamp !== 'string' || ZONED.test(stamp)
  if (isZoned && dateFact(stamp, receivedAt).credible) return key({ now, before })
  const denials = now.statements.filter(({ answer }) => isDenied(answer))
  if (denials.length === 0 && now.statements.length > 0) return undefined
  return key({ now: { ...now, statements: denials, attributes: [] }, before })
}

type State = {
  readonly version: number | undefined
  readonly at: number | undefined
  readonly statements: readonly Statement[]
  readonly attributes: readonly Attribute[]
}

type Said = { readonly now: State; readonly before: State | undefined }

const NOTHING: State = { version: undefined, at: undefined, statements: [], attributes: [] }

const userOf = (family: Family, entity: Json): Json =>
  family === 'user' ? entity : (optionalObject(get(entity, 'user'), 'user') ?? {})

function personIn(user: Json): string | undefined {
  const id = optionalId(get(user, 'organization_user_id'), 'organization_user_id')?.trim()
  return id?.includes('@') === true ? lowerAscii(id) : id
}

function regulationIn(places: readonly Json[]): string {
  for (const place of places) {
    const regulation = optionalId(get(place, 'regulation'), 'regulation')
    if (regulation !== undefined) return regulation.toLowerCase()
  }
  return 'gdpr'
}

function stateOf(entity: Json, user: Json): State {
  const version = get(entity, 'version')
  const asides = createAsides()
  const { statements } = consentsIn(get(entity, 'consents'), { path: '', asides, most: ALL })
  if (asides.count() > 0) throw new Error('set apart as a whole')
  return {
    version: typeof version === 'number' && Number.isSafeInteger(version) ? version : undefined,
    at: instantOf(get(entity, 'updated_at') ?? get(entity, 'created_at')),
    statements,
    attributes: attributesIn(withoutNumbers(entity), {
      path: '',
      person: withoutNumbers(user),
      personPath: '',
      asides,
      most: ALL,
    }).attributes,
  }
}

/** That release read every record of a body. */
const ALL: Most = { statements: Infinity, attributes: Infinity, valueBytes: Infinity }

/** Outside of metadata, a number was no attribute, and stood in the way of one. */
const withoutNumbers = (entity: Json): Json =>
  Object.fromEntries(
    Object.entries(entity).map(([name, value]) => [
      name,
      typeof value === 'number' && name !== 'metadata' ? '' : value,
    ]),
  )

const ZONED = /(?:[Zz]|[+-]\d\d:\d\d)$/

const instantOf = (value: unknown): number | undefined =>
  typeof value === 'string' && ZONED.test(value) ? parseInstant(value) : undefined

type Stamped = {
  readonly family: Family
  readonly kind: string
  readonly entity: Json
  readonly source: Json | undefined
}

function stampOf({ family, kind, entity, source }: Stamped): unknown {
  const own = get(entity, 'updated_at') ?? undefined
  if (own !== undefined) return own
  return family === 'event' || kind === 'created' ? (get(entity, 'created_at') ?? undefined) : latestIn(source)
}

const latestIn = (entity: Json | undefined): unknown =>
  entity && (get(entity, 'updated_at') ?? get(entity, 'created_at') ?? undefined)

function causeIn(source: Json | undefined) {
  const id = source && optionalId(get(source, 'id'), 'source.id')
  return id === undefined ? undefined : { id, at: instantOf(latestIn(source)) }
}
