import { hash } from 'node:crypto'
import { parseType, type Entity, type Fact, type Family } from '../domain/fact.ts'
import { dateFact, parseInstant } from '../domain/instant.ts'
import { inFigures, LIMITS } from '../domain/limits.ts'
import { personOf } from '../domain/person.ts'
import { entityOf, NOTHING, stateIn, takenBackIn } from './entity.ts'
import { unflatten } from './flattened.ts'
import { parsedSteps, type ParsedRecord } from './parsed-body.ts'
import {
  createAsides,
  get,
  isObject,
  Malformed,
  nestsTooDeep,
  optionalId,
  optionalObject,
  requiredId,
  type Asides,
  type Fault,
  type Json,
} from './shape.ts'
import { causeIn, stampsOf } from './stamps.ts'
import { atOnce, type Steps } from './steps.ts'

/** A fact that has not been given an id yet; `key` is equal for the same fact in two bodies. */
export type NewFact = Omit<Fact, 'id'> & {
  readonly key: string
}

/** What became of one record of a webhook body. */
export type Reading =
  | { readonly kind: 'fact'; readonly fact: NewFact; readonly withheld: readonly Fault[] }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'quarantined'; readonly fault: Fault }

/** What a reading could not use, and where. */
export const faultIn = (reading: Reading): Fault[] => {
  if (reading.kind === 'quarantined') return [reading.fault]
  return reading.kind === 'fact' ? reading.withheld.map(fault => ({ ...fault, partial: true })) : []
}

/**
 * R1: everything a webhook body tells us: plain or flattened, one record or a list, API v1 or v2. Never throws:
 * what cannot be read is quarantined with the field at fault, since refusing it would lose it (R2).
 */
export const readWebhook = (raw: Uint8Array, receivedAt: number): Reading[] => atOnce(webhookSteps(raw, receivedAt))

/**
 * The same, a step at a time. Each says how many bytes it has read; none takes long, for any body. So a caller can
 * let others have their turn between two of them.
 */
export function* webhookSteps(raw: Uint8Array, receivedAt: number): Steps<Reading[]> {
  const body = yield* parsedSteps(raw)
  if ('why' in body) return [quarantined('', body.why)]
  const readings: Reading[] = []
  for (const [index, record] of body.records.entries()) {
    const prefix = body.isList ? `[${index}].` : ''
    readings.push(readRecord(record, { prefix, isFlat: body.isFlat, receivedAt }))
    yield record.bytes
  }
  return readings
}

const quarantined = (path: string, why: string): Reading => ({ kind: 'quarantined', fault: { path, why } })

type Reader = { readonly prefix: string; readonly isFlat: boolean; readonly receivedAt: number }

function readRecord(record: ParsedRecord, { prefix, isFlat, receivedAt }: Reader): Reading {
  try {
    const { value, isTooDeep, isTooLarge } = record
    if (isTooLarge) throw new Malformed('', `holds more than ${inFigures(LIMITS.marks)} brackets, colons and commas`)
    if (!isObject(value)) throw new Malformed('', 'must be an object with type and parameters')
    const asides = createAsides()
    if (isTooDeep) asides.exceed('parameters', nestsTooDeep(LIMITS.depth))
    const { exceed } = asides
    const envelope = isFlat ? unflatten(value, { steps: LIMITS.depth, keys: LIMITS.flattenedKeys, exceed }) : value
    return inPlace(readEnvelope(envelope, { receivedAt, asides }), prefix)
  } catch (error) {
    const [path, why] = error instanceof Malformed ? [error.path, error.message] : ['', 'is more than we can read']
    return inPlace(quarantined(path, why), prefix)
  }
}

/** Every fault names its record, so that the record is found again. */
function inPlace(reading: Reading, prefix: string): Reading {
  const placed = ({ path, why }: Fault): Fault => ({ path: `${prefix}${path}`.replace(/\.$/, ''), why })
  if (reading.kind === 'quarantined') return { ...reading, fault: placed(reading.fault) }
  return reading.kind === 'fact' ? { ...reading, withheld: reading.withheld.map(placed) } : reading
}

type ReadWith = { readonly receivedAt: number; readonly asides: Asides }

function readEnvelope(envelope: Json, { receivedAt, asides }: ReadWith): Reading {
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
  return readEntity({ family, kind, entity, path, before, source, regulation, receivedAt, asides })
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
  readonly asides: Asides
}

function readEntity(record: Record_): Reading {
  const { family, kind, entity, path, before: old, source, receivedAt, asides } = record
  const entityId = requiredId(get(entity, 'id'), `${path}.id`)
  const user = family === 'user' ? entity : (optionalObject(get(entity, 'user'), `${path}.user`) ?? {})
  const userPath = family === 'user' ? path : `${path}.user`
  const fact = {
    family,
    kind,
    entityId,
    userId: family === 'user' ? entityId : (optionalId(get(user, 'id'), `${userPath}.id`) ?? ''),
    names: personIn(user, userPath) ?? (old && personIn(userOf(family, old), OLD)),
    receivedAt,
    createdAt: parseInstant(get(entity, 'created_at')),
    status: family === 'event' && kind !== 'deleted' ? statusIn(entity, path) : ('confirmed' as const),
    regulation: (record.regulation ?? 'gdpr').toLowerCase(),
    namesRegulation: record.regulation !== undefined,
    cause: causeIn(source),
  }
  if (kind === 'deleted')
    return factReading(fact, {
      at: receivedAt,
      statedAt: receivedAt,
      datedBy: 'receipt',
      after: NOTHING,
      before: undefined,
    })
  const states = {
    entity: stateIn(entity, user, { path, userPath, asides }),
    old: old && stateIn(old, userOf(family, old), oldAt(family, asides)),
  }
  const before = states.old && entityOf(states.old, undefined)
  return dated(fact, { after: entityOf(states.entity, states.old), before }, record)
}

const OLD = 'parameters.old_entity'

const oldAt = (family: Family, asides: Asides) => ({
  path: OLD,
  userPath: family === 'user' ? OLD : `${OLD}.user`,
  asides,
})

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

type Dated = Pick<NewFact, 'at' | 'statedAt' | 'datedBy'>
type Stated = { readonly after: Entity; readonly before: Entity | undefined }

/** R10: what the times of a record rest on, and what of it can be believed. */
function dated(about: About, stated: Stated, record: Record_): Reading {
  const { family, asides } = record
  const { receivedAt } = about
  const dating = stampsOf(record).map(stamp => ({ ...stamp, ...dateFact(stamp.value, receivedAt) }))
  const stamp = dating.find(({ credible }) => credible)
  const atReceipt = { at: receivedAt, statedAt: receivedAt }
  if (stamp?.credible) {
    const at = { at: stamp.at, statedAt: stamp.statedAt, datedBy: 'stamp' } as const
    return asides.isExceeded()
      ? inPart(about, stated, { record, at })
      : factReading(about, { ...at, ...stated }, asides.faults())
  }
  const [wrong] = dating
  const why = wrong && !wrong.credible ? wrong.why : 'has no time'
  if (family === 'user' && stated.after.version !== undefined) {
    const at = { ...atReceipt, datedBy: 'version' } as const
    return asides.isExceeded()
      ? inPart(about, stated, { record, at })
      : factReading(about, { ...at, ...stated }, asides.faults())
  }
  const fault = { path: wrong?.path ?? record.path, why }
  return inPart(about, stated, { record, at: { ...atReceipt, datedBy: 'receipt' }, fault })
}

type InPart = { readonly record: Record_; readonly at: Dated; readonly fault?: Fault }

/** Only what a record takes back is believed: it has no time (`fault`), or holds more than is read of one. */
function inPart(about: About, stated: Stated, { record: { family, asides }, at, fault }: InPart): Reading {
  const believed = takenBackIn(stated, family)
  const faults = [...asides.faults(), ...(fault ? [fault] : [])]
  const [first] = faults
  const isNothing = believed.isNothing || (asides.isExceeded() && takesNothing(believed.after))
  if (isNothing && first) return { kind: 'quarantined', fault: asides.isExceeded() ? first : (fault ?? first) }
  const withheld = believed.isAll && !asides.isExceeded() ? asides.faults() : faults
  return factReading(about, { ...at, after: believed.after, before: stated.before }, withheld)
}

const takesNothing = ({ statements, blanks }: Entity): boolean => statements.length + blanks.length === 0

/** What a record is about and what it says, apart: on Node 20 an object spread into a wider one costs microseconds. */
type About = Omit<NewFact, 'key' | keyof Said>
type Said = Dated & Stated

/**
 * The key is made of what the record says, so that a repeat has the same one whenever it comes. Only then are the
 * times beside the fact's own bounded by it, and so by our receipt (R10).
 */
function factReading(
  about: About,
  { at, statedAt, datedBy, after, before }: Said,
  withheld: readonly Fault[] = [],
): Reading {
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
  return { kind: 'fact', fact, withheld }
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
