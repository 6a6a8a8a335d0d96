import { hash } from 'node:crypto'
import { isDenied } from '../domain/choice.ts'
import { parseExact } from '../domain/exact-json.ts'
import { parseType, type Entity, type Fact, type Family } from '../domain/fact.ts'
import { dateFact, parseInstant } from '../domain/instant.ts'
import { personOf } from '../domain/person.ts'
import { attributesIn } from './attributes.ts'
import { statementsIn } from './consents.ts'
import { SEPARATOR, unflatten } from './flattened.ts'
import { get, isObject, Malformed, optionalId, optionalObject, requiredId, wholeNumber, type Json } from './shape.ts'

/** A fact that has not been given an id yet; `key` is equal for the same fact told twice in different bodies. */
export type Told = Omit<Fact, 'id'> & {
  readonly key: string
  /** Undefined for an anonymous person (R5) and for a deletion that does not say whose. */
  readonly person: string | undefined
}

/** What became of one record of a webhook body. */
export type Reading =
  | { readonly kind: 'told'; readonly told: Told; readonly withheld: Fault | undefined }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'quarantined'; readonly fault: Fault }

/** Which field is at fault, and how. */
export type Fault = {
  readonly path: string
  readonly why: string
  /** The rest of the record was read. */
  readonly partial?: true
  /** The body is kept as it was sent, in this encoding. */
  readonly contentEncoding?: string
}

/** What a reading could not use, and where. */
export const faultIn = (reading: Reading): Fault[] => {
  if (reading.kind === 'quarantined') return [reading.fault]
  return reading.kind === 'told' && reading.withheld ? [{ ...reading.withheld, partial: true }] : []
}

/** Far more than 1 MiB of real records; a fault for each of 500,000 empty ones would fill 50 MB. */
const MOST_RECORDS = 10_000

/**
 * R1: everything a webhook body tells us: plain or flattened, one record or a list, API v1 or v2. Never throws:
 * what cannot be read is quarantined with the field at fault, since refusing it would lose it (R2).
 */
export function readWebhook(raw: Uint8Array, receivedAt: number): Reading[] {
  const text = textOf(raw)
  const body = text === undefined ? undefined : parse(text)
  if (text === undefined || body === undefined) return [quarantined('', 'the body is not JSON in UTF-8')]
  const records: readonly unknown[] = Array.isArray(body) ? body : [body]
  if (records.length > MOST_RECORDS) return [quarantined('', `holds more than ${MOST_RECORDS} records`)]
  const shape = mayBeFlattened(text) ? unflatten : asItIs
  return records.map((record, index) => {
    const prefix = Array.isArray(body) ? `[${index}].` : ''
    return readRecord(record, { prefix, shape, receivedAt })
  })
}

function textOf(raw: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    return undefined
  }
}

function parse(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return undefined
  }
}

/** Most bodies are plain, and a look at their text is far cheaper than a walk through them. */
const mayBeFlattened = (text: string): boolean => text.includes(SEPARATOR) || text.includes('\\u00')

const asItIs = (record: Json): Json => record

const quarantined = (path: string, why: string): Reading => ({ kind: 'quarantined', fault: { path, why } })

type Reader = {
  readonly prefix: string
  readonly shape: (record: Json) => Json
  readonly receivedAt: number
}

function readRecord(record: unknown, { prefix, shape, receivedAt }: Reader): Reading {
  try {
    if (!isObject(record)) throw new Malformed('', 'must be an object with type and parameters')
    return inPlace(readEnvelope(shape(record), receivedAt), prefix)
  } catch (error) {
    const [path, why] = error instanceof Malformed ? [error.path, error.message] : ['', 'is more than we can read']
    return inPlace(quarantined(path, why), prefix)
  }
}

/** Every fault names its record, so that the record is found again. */
function inPlace(reading: Reading, prefix: string): Reading {
  const placed = ({ path, why }: Fault): Fault => ({ path: `${prefix}${path}`.replace(/\.$/, ''), why })
  if (reading.kind === 'quarantined') return { ...reading, fault: placed(reading.fault) }
  return reading.kind === 'told' && reading.withheld ? { ...reading, withheld: placed(reading.withheld) } : reading
}

function readEnvelope(envelope: Json, receivedAt: number): Reading {
  const type = requiredId(get(envelope, 'type'), 'type')
  const known = parseType(type)
  if (!known) return { kind: 'ignored', why: `type ${type.slice(0, 60)} is none that changes preferences` }
  const parameters = optionalObject(get(envelope, 'parameters'), 'parameters') ?? envelope
  const [path, entity] = entityIn(parameters)
  const before = optionalObject(get(parameters, 'old_entity'), 'parameters.old_entity')
  const source = optionalObject(get(parameters, 'source'), 'parameters.source')
  const regulation =
    optionalId(get(entity, 'regulation'), `${path}.regulation`) ??
    optionalId(get(parameters, 'regulation'), 'parameters.regulation') ??
    optionalId(get(envelope, 'regulation'), 'regulation') ??
    'gdpr'
  const { family, kind } = known
  return readEntity({ family, kind, entity, path, before, source, regulation, receivedAt })
}

function entityIn(parameters: Json): [path: string, entity: Json] {
  for (const name of ['new_entity', 'entity']) {
    const entity = optionalObject(get(parameters, name), `parameters.${name}`)
    if (entity) return [`parameters.${name}`, entity]
  }
  throw new Malformed('parameters.entity', 'is missing')
}

type Record_ = {
  readonly family: Family
  readonly kind: Fact['kind']
  readonly entity: Json
  readonly path: string
  readonly before: Json | undefined
  readonly source: Json | undefined
  readonly regulation: string
  readonly receivedAt: number
}

function readEntity(record: Record_): Reading {
  const { family, kind, entity, path, source, receivedAt } = record
  const entityId = requiredId(get(entity, 'id'), `${path}.id`)
  const user = family === 'user' ? entity : (optionalObject(get(entity, 'user'), `${path}.user`) ?? {})
  const userPath = family === 'user' ? path : `${path}.user`
  const organizationUserId = optionalId(get(user, 'organization_user_id'), `${userPath}.organization_user_id`)
  const fact = {
    family,
    kind,
    entityId,
    userId: family === 'user' ? entityId : (optionalId(get(user, 'id'), `${userPath}.id`) ?? ''),
    person: organizationUserId === undefined ? undefined : personOf(organizationUserId),
    receivedAt,
    createdAt: parseInstant(get(entity, 'created_at')),
    status: family === 'event' && kind !== 'deleted' ? statusIn(entity, path) : ('confirmed' as const),
    regulation: record.regulation.toLowerCase(),
    cause: causeIn(source),
  }
  if (kind === 'deleted') return told(fact, { at: receivedAt, after: NOTHING, before: undefined })
  const after = entityState(entity, user, path)
  const earlier = record.before && entityState(record.before, userOf(family, record.before), 'parameters.old_entity')
  // Without consents it does not say that nothing was chosen before; it says nothing.
  const before = record.before && get(record.before, 'consents') != null ? earlier : undefined
  return dated(fact, { after, before }, stampOf(record))
}

/** R3: only a status that Didomi calls confirmed confirms; without one, it is. */
function statusIn(event: Json, path: string): Fact['status'] {
  const status = get(event, 'status') ?? 'confirmed'
  if (status === 'confirmed' || status === 'pending_approval') return status
  throw new Malformed(`${path}.status`, 'must be confirmed or pending_approval')
}

const NOTHING: Entity = { version: undefined, at: undefined, statements: [], attributes: [] }

const userOf = (family: Family, entity: Json): Json =>
  family === 'user' ? entity : (optionalObject(get(entity, 'user'), 'parameters.old_entity.user') ?? {})

function entityState(entity: Json, user: Json, path: string): Entity {
  return {
    version: wholeNumber(get(entity, 'version')),
    at: parseInstant(get(entity, 'updated_at') ?? get(entity, 'created_at')),
    statements: statementsIn(get(entity, 'consents'), `${path}.consents`),
    attributes: attributesIn(entity, user),
  }
}

/**
 * An event speaks at its update or creation. A user's `created_at` says nothing about an update, so an update
 * without a stamp of its own is dated by the event that caused it.
 */
function stampOf({ family, kind, entity, path, source }: Record_): Stamp {
  const own = latestStamp(entity, path)
  if (own.path.endsWith('updated_at') || family === 'event' || kind === 'created') return own
  const cause = latestStamp(source ?? {}, 'parameters.source')
  return cause.value === undefined ? { path: `${path}.updated_at`, value: undefined } : cause
}

type Stamp = { readonly path: string; readonly value: unknown }

function latestStamp(entity: Json, path: string): Stamp {
  const updatedAt = get(entity, 'updated_at') ?? undefined
  if (updatedAt !== undefined) return { path: `${path}.updated_at`, value: updatedAt }
  return { path: `${path}.created_at`, value: get(entity, 'created_at') ?? undefined }
}

function causeIn(source: Json | undefined): Fact['cause'] {
  const id = source && optionalId(get(source, 'id'), 'parameters.source.id')
  if (source === undefined || id === undefined) return undefined
  return { id, at: parseInstant(latestStamp(source, '').value) }
}

/** What a record is about and what it says, apart: on Node 20 an object spread into a wider one costs microseconds. */
type About = Omit<Told, 'key' | keyof Said>
type Said = Pick<Told, 'at' | 'after' | 'before'>

/** R10: without a credible time, what a record withdraws counts at receipt and what it grants is withheld. */
function dated(about: About, { after, before }: Omit<Said, 'at'>, { path, value }: Stamp): Reading {
  const dating = dateFact(value, about.receivedAt)
  if (dating.credible) return told(about, { at: dating.at, after, before })
  const fault = { path, why: dating.why }
  const denials = after.statements.filter(({ answer }) => isDenied(answer))
  if (denials.length === 0 && after.statements.length > 0) return { kind: 'quarantined', fault }
  const believed = { ...after, statements: denials, attributes: [] }
  const withheld = denials.length < after.statements.length ? fault : undefined
  return told(about, { at: about.receivedAt, after: believed, before }, withheld)
}

/**
 * The key is made of what the record says, so that a repeat has the same one whenever it comes. Only then are the
 * times beside the fact's own bounded by it, and so by our receipt (R10).
 */
function told(about: About, { at, after, before }: Said, withheld?: Fault): Reading {
  const { family, kind, entityId, userId, person, receivedAt, status, regulation, createdAt, cause } = about
  const said = [family, kind, entityId, userId, person, status, regulation, createdAt, after, before, cause]
  const key = hash('sha256', JSON.stringify(said))
  const bounded = (time: number | undefined) => (time === undefined ? undefined : Math.min(time, at))
  const fact = {
    key,
    person,
    family,
    kind,
    entityId,
    userId,
    at,
    receivedAt,
    createdAt: bounded(createdAt),
    status,
    regulation,
    after,
    before,
    cause: cause && { ...cause, at: bounded(cause.at) },
  }
  return { kind: 'told', told: fact, withheld }
}
