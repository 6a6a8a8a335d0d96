import { hash } from 'node:crypto'
import { parseExact } from '../domain/exact-json.ts'
import { parseType, type Entity, type Fact, type Family } from '../domain/fact.ts'
import { dateFact, parseInstant } from '../domain/instant.ts'
import { personOf } from '../domain/person.ts'
import { entityOf, NOTHING, stateIn, takenBackIn } from './entity.ts'
import { SEPARATOR, unflatten } from './flattened.ts'
import { get, isObject, Malformed, optionalId, optionalObject, requiredId, type Fault, type Json } from './shape.ts'
import { causeIn, stampsOf } from './stamps.ts'

/** A fact that has not been given an id yet; `key` is equal for the same fact told twice in different bodies. */
export type Told = Omit<Fact, 'id'> & {
  readonly key: string
}

/** What became of one record of a webhook body. */
export type Reading =
  | { readonly kind: 'told'; readonly told: Told; readonly withheld: readonly Fault[] }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'quarantined'; readonly fault: Fault }

/** What a reading could not use, and where. */
export const faultIn = (reading: Reading): Fault[] => {
  if (reading.kind === 'quarantined') return [reading.fault]
  return reading.kind === 'told' ? reading.withheld.map(fault => ({ ...fault, partial: true })) : []
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
  return reading.kind === 'told' ? { ...reading, withheld: reading.withheld.map(placed) } : reading
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
    optionalId(get(envelope, 'regulation'), 'regulation')
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
  readonly regulation: string | undefined
  readonly receivedAt: number
}

function readEntity(record: Record_): Reading {
  const { family, kind, entity, path, before: old, source, receivedAt } = record
  const entityId = requiredId(get(entity, 'id'), `${path}.id`)
  const user = family === 'user' ? entity : (optionalObject(get(entity, 'user'), `${path}.user`) ?? {})
  const userPath = family === 'user' ? path : `${path}.user`
  const fact = {
    family,
    kind,
    entityId,
    userId: family === 'user' ? entityId : (optionalId(get(user, 'id'), `${userPath}.id`) ?? ''),
    names: personIn(user, userPath) ?? (old && personIn(userOf(family, old), 'parameters.old_entity')),
    receivedAt,
    createdAt: parseInstant(get(entity, 'created_at')),
    status: family === 'event' && kind !== 'deleted' ? statusIn(entity, path) : ('confirmed' as const),
    regulation: (record.regulation ?? 'gdpr').toLowerCase(),
    namesRegulation: record.regulation !== undefined,
    cause: causeIn(source),
  }
  if (kind === 'deleted')
    return told(fact, { at: receivedAt, statedAt: receivedAt, datedBy: 'receipt', after: NOTHING, before: undefined })
  const faults: Fault[] = []
  const states = {
    entity: stateIn(entity, user, { path, faults }),
    old: old && stateIn(old, userOf(family, old), { path: 'parameters.old_entity', faults }),
  }
  const before = states.old && entityOf(states.old, undefined)
  return dated(fact, { after: entityOf(states.entity, states.old), before }, { record, faults })
}

const personIn = (user: Json, path: string): string | undefined => {
  const id = optionalId(get(user, 'organization_user_id'), `${path}.organization_user_id`)
  return id === undefined ? undefined : personOf(id)
}

/** R3: only a status that Didomi calls confirmed confirms; without one, it is. */
function statusIn(event: Json, path: string): Fact['status'] {
  const status = get(event, 'status') ?? 'confirmed'
  if (status === 'confirmed' || status === 'pending_approval') return status
  throw new Malformed(`${path}.status`, 'must be confirmed or pending_approval')
}

const userOf = (family: Family, entity: Json): Json =>
  family === 'user' ? entity : (optionalObject(get(entity, 'user'), 'parameters.old_entity.user') ?? {})

type Dated = Pick<Told, 'at' | 'statedAt' | 'datedBy'>
type Stated = { readonly after: Entity; readonly before: Entity | undefined }

/** R10: what the times of a record rest on, and what of it can be believed. */
function dated(
  about: About,
  stated: Stated,
  { record, faults }: { record: Record_; faults: readonly Fault[] },
): Reading {
  const { family } = record
  const { receivedAt } = about
  const dating = stampsOf(record).map(stamp => ({ ...stamp, ...dateFact(stamp.value, receivedAt) }))
  const stamp = dating.find(({ credible }) => credible)
  if (stamp?.credible)
    return told(about, { at: stamp.at, statedAt: stamp.statedAt, datedBy: 'stamp', ...stated }, faults)
  const atReceipt = { at: receivedAt, statedAt: receivedAt }
  if (family === 'user' && stated.after.version !== undefined)
    return told(about, { ...atReceipt, datedBy: 'version', ...stated }, faults)
  const believed = takenBackIn(stated, family)
  const [wrong] = dating
  const why = wrong && !wrong.credible ? wrong.why : 'has no time'
  const fault = { path: wrong?.path ?? record.path, why }
  if (believed.isNothing) return { kind: 'quarantined', fault }
  const withheld = believed.isAll ? faults : [...faults, fault]
  return told(about, { ...atReceipt, datedBy: 'receipt', after: believed.after, before: stated.before }, withheld)
}

/** What a record is about and what it says, apart: on Node 20 an object spread into a wider one costs microseconds. */
type About = Omit<Told, 'key' | keyof Said>
type Said = Dated & Stated

/**
 * The key is made of what the record says, so that a repeat has the same one whenever it comes. Only then are the
 * times beside the fact's own bounded by it, and so by our receipt (R10).
 */
function told(about: About, { at, statedAt, datedBy, after, before }: Said, withheld: readonly Fault[] = []): Reading {
  const { family, kind, entityId, userId, names, receivedAt, status, regulation, createdAt, cause } = about
  const said = [
    family,
    kind,
    entityId,
    userId,
    names,
    status,
    regulation,
    createdAt,
    saidIn(after),
    before && saidIn(before),
    cause,
  ]
  const key = hash('sha256', JSON.stringify(said))
  const bounded = (time: number | undefined) => (time === undefined ? undefined : Math.min(time, at))
  const fact = {
    key,
    names,
    family,
    kind,
    entityId,
    userId,
    at,
    statedAt,
    datedBy,
    receivedAt,
    createdAt: bounded(createdAt),
    status,
    regulation,
    namesRegulation: about.namesRegulation,
    after,
    before,
    cause: cause && { ...cause, at: bounded(cause.at) },
  }
  return { kind: 'told', told: fact, withheld }
}

/** What an entity says, without what is empty: a fact keeps its key when the reader learns to see more. */
const saidIn = ({ version, at, statements, attributes, blanks, lostAttributes }: Entity) => ({
  version,
  at,
  statements,
  attributes,
  ...(blanks.length > 0 ? { blanks } : {}),
  ...(lostAttributes.length > 0 ? { lostAttributes } : {}),
})
