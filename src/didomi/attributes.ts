import { byText } from '../domain/choice.ts'
import { type Attribute } from '../domain/fact.ts'
import { get, isObject, type Json } from './shape.ts'

const PLAIN = ['organization_user_id', 'country', 'last_seen_country', 'created_at', 'updated_at']
const DEEPEST_METADATA = 4

/** R15: what of a Didomi entity can be mapped beside its consents. `person` is where country and metadata stand. */
export function attributesIn(entity: Json, person: Json): Attribute[] {
  const plain = PLAIN.flatMap(name => {
    const value = get(entity, name) ?? get(person, name)
    // A number may have come as its digits (R5a), so that every number does.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text !== '' ? [{ path: [name], value: text }] : []
  })
  const metadata = metadataUnder(['metadata'], get(person, 'metadata') ?? get(entity, 'metadata'))
  const byPath = new Map(metadata.map(attribute => [JSON.stringify(attribute.path), attribute]))
  return [...plain, ...[...byPath].sort(([a], [b]) => byText(a, b)).map(([, attribute]) => attribute)]
}

function metadataUnder(path: readonly string[], value: unknown): Attribute[] {
  if (typeof value === 'string') return [{ path, value }]
  if (typeof value === 'number' || typeof value === 'boolean') return [{ path, value: String(value) }]
  if (Array.isArray(value)) {
    const simple = value.filter(item => typeof item === 'string' || typeof item === 'number')
    return simple.length === value.length ? [{ path, value: simple.join(',') }] : []
  }
  if (!isObject(value) || path.length > DEEPEST_METADATA) return []
  return Object.entries(value).flatMap(([key, inner]) => metadataUnder([...path, key], inner))
}
