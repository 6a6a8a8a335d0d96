import { type Fact, type Family } from '../domain/fact.ts'
import { parseInstant } from '../domain/instant.ts'
import { get, optionalId, type Json } from './shape.ts'

/** A field that may hold the time of a record, and what stands in it. */
type Stamp = { readonly path: string; readonly value: unknown }

type StampedRecord = {
  readonly family: Family
  readonly kind: Fact['kind']
  readonly entity: Json
  readonly path: string
  readonly source: Json | undefined
}

/**
 * R10: where the time of a record is looked for, the best first. An event speaks at its update or creation. A user's
 * `created_at` says nothing about an update, so a user without a stamp of its own is dated by the event that caused it.
 */
export function stampsOf({ family, kind, entity, path, source }: StampedRecord): Stamp[] {
  const own = latestStamp(entity, path)
  if (family === 'event') return [own]
  const cause = source ? latestStamp(source, 'parameters.source') : undefined
  const isOwn = own.path.endsWith('updated_at') || kind === 'created'
  const mine = isOwn ? own : { path: `${path}.updated_at`, value: undefined }
  return cause && cause.value !== undefined ? (isOwn ? [mine, cause] : [cause]) : [mine]
}

function latestStamp(entity: Json, path: string): Stamp {
  const updatedAt = get(entity, 'updated_at') ?? undefined
  if (updatedAt !== undefined) return { path: `${path}.updated_at`, value: updatedAt }
  return { path: `${path}.created_at`, value: get(entity, 'created_at') ?? undefined }
}

/** The Didomi event behind a change of a user. */
export function causeIn(source: Json | undefined): Fact['cause'] {
  const id = source && optionalId(get(source, 'id'), 'parameters.source.id')
  if (source === undefined || id === undefined) return undefined
  return { id, at: parseInstant(latestStamp(source, '').value) }
}
