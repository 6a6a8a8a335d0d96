import { inside, isObject, parsed, textIn, unflattened, type Json, type JsonObject } from './json.ts'
import { consentsIn, type Consents } from './places.ts'
import { instantOf, usable } from './times.ts'

/** One call of a webhook: the very body, and when it was ours, by a clock that is right. */
export type Received = {
  readonly at: number
  readonly source: string
  readonly body: string
}

export type Family = 'event' | 'user'

export type Entity = {
  readonly id: string | undefined
  readonly user: string | undefined
  readonly person: string | undefined
  readonly regulation: string
  readonly namesRegulation: boolean
  readonly pending: boolean
  readonly version: number | undefined
  readonly createdAt: number | undefined
  /** When this state was reached, where that can be used. */
  readonly at: number | undefined
  readonly consents: Consents | undefined
  readonly attributes: ReadonlyMap<string, string>
}

/** What one record told us. */
export type Told = {
  /** The place in the order of arrival: only for what the rules leave to "a fixed order", never for a choice. */
  readonly number: number
  readonly receivedAt: number
  readonly family: Family
  readonly verb: 'created' | 'updated' | 'deleted'
  readonly entity: Entity
  readonly before: Entity | undefined
  readonly cause: { readonly id: string | undefined; readonly at: number | undefined } | undefined
}

const TYPE = /^(event|user)\.(created|updated|deleted)$/

/** Every record of every body, in order of arrival; a body that came before tells nothing new (I2). */
export function toldBy(received: readonly Received[]): readonly Told[] {
  const seen = new Set<string>()
  return received
    .filter(({ body }) => !seen.has(body) && seen.add(body))
    .flatMap(({ at, body }) => {
      const value = parsed(body)
      const records = value === undefined ? [] : Array.isArray(value) ? (value as readonly Json[]) : [value]
      return records.map(record => ({ at, record }))
    })
    .flatMap(({ at, record }, number) => recordIn(unflattened(record), at, number))
}

function recordIn(value: Json, receivedAt: number, number: number): readonly Told[] {
  const [, family, verb] = TYPE.exec(textIn(value, 'type') ?? '') ?? []
  if (family === undefined || verb === undefined) return []
  const parameters = inside(value, 'parameters') ?? value
  const now = inside(parameters, 'new_entity') ?? inside(parameters, 'entity')
  if (!isObject(now)) return []
  const common = { number, receivedAt, family: family as Family, verb: verb as Told['verb'] }
  const regulation = textIn(value, 'regulation')
  const reading = { family: common.family, receivedAt, regulation, isNew: verb === 'created' }
  const old = inside(parameters, 'old_entity')
  const source = inside(parameters, 'source')
  return [
    {
      ...common,
      entity: entityIn(now, reading),
      before: isObject(old) ? entityIn(old, { ...reading, isNew: true }) : undefined,
      cause: isObject(source)
        ? { id: textIn(source, 'id'), at: usable(instantOf(textIn(source, 'created_at')), receivedAt) }
        : undefined,
    },
  ]
}

type Reading = {
  readonly family: Family
  readonly receivedAt: number
  readonly regulation: string | undefined
  readonly isNew: boolean
}

function entityIn(value: JsonObject, { family, receivedAt, regulation, isNew }: Reading): Entity {
  const user = family === 'event' ? inside(value, 'user') : value
  const createdAt = usable(instantOf(textIn(value, 'created_at')), receivedAt)
  const updatedAt = usable(instantOf(textIn(value, 'updated_at')), receivedAt)
  const version = value['version']
  const named = textIn(value, 'regulation') ?? regulation
  const states = hasOwnTime(value) ? updatedAt : family === 'event' || isNew ? createdAt : undefined
  return {
    id: textIn(value, 'id'),
    user: textIn(user, 'id'),
    person: textIn(user, 'organization_user_id'),
    regulation: named ?? 'gdpr',
    namesRegulation: named !== undefined,
    pending: textIn(value, 'status') === 'pending_approval',
    version: typeof version === 'number' ? version : undefined,
    createdAt,
    at: states,
    consents: consentsIn(value['consents']),
    attributes: attributesIn(user),
  }
}

/** A time that is stated and cannot be read is not replaced by that of the creation. */
const hasOwnTime = (value: JsonObject): boolean => value['updated_at'] !== undefined && value['updated_at'] !== null

function attributesIn(user: Json | undefined): ReadonlyMap<string, string> {
  const metadata = inside(user, 'metadata')
  const held = new Map<string, string>()
  const country = textIn(user, 'country')
  if (country !== undefined) held.set('country', country)
  for (const [key, value] of Object.entries(isObject(metadata) ? metadata : {}))
    if (typeof value === 'string' && value !== '') held.set(`metadata_${key}`, value)
  return held
}
