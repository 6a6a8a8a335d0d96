import { isWithin } from '../domain/byte-length.ts'
import { byText } from '../domain/choice.ts'
import { type Attribute } from '../domain/fact.ts'
import { inFigures } from '../domain/limits.ts'
import { get, isObject, tooLong, type Asides, type Json, type Most } from './shape.ts'

const PLAIN = ['organization_user_id', 'country', 'last_seen_country', 'created_at', 'updated_at']
const DEEPEST_METADATA = 4

/** What of an entity can be mapped beside its consents. */
export type Attributes = {
  readonly attributes: readonly Attribute[]
  /** Those that it has and that cannot be read: they are not lost. */
  readonly unread: readonly (readonly string[])[]
  /** It has more than are read. */
  readonly isCut: boolean
}

export const NO_ATTRIBUTES: Attributes = { attributes: [], unread: [], isCut: false }

type AttributesAt = {
  /** Where the entity stands, and its person, who has country and metadata. */
  readonly path: string
  readonly person: Json
  readonly personPath: string
  readonly asides: Asides
  readonly most: Most
}

type Found = { readonly name: readonly string[]; readonly value: string; readonly path: string }

/** R15: what of a Didomi entity can be mapped beside its consents. A value that is too long is set aside. */
export function attributesIn(entity: Json, { path, person, personPath, asides, most }: AttributesAt): Attributes {
  const holderOf = (name: string) =>
    (get(entity, name) ?? undefined) === undefined ? { json: person, at: personPath } : { json: entity, at: path }
  const plain = PLAIN.flatMap((name): Found[] => {
    const { json, at } = holderOf(name)
    const value = get(json, name)
    // A number may have come as its digits (R5a), so that every number does.
    const text = typeof value === 'number' ? String(value) : value
    return typeof text === 'string' && text !== '' ? [{ name: [name], value: text, path: `${at}.${name}` }] : []
  })
  const own = get(person, 'metadata') ?? undefined
  const at = own === undefined ? path : personPath
  const metadata: Found[] = []
  const root = { name: ['metadata'], path: `${at}.metadata`, value: own ?? get(entity, 'metadata') }
  const isCut = !collect(metadata, root, most.attributes)
  if (isCut) asides.add(() => root.path, `holds more than ${inFigures(most.attributes)} values`)
  return { ...apart([...plain, ...inOrder(metadata)], asides, most), isCut }
}

const inOrder = (found: readonly Found[]): Found[] => {
  const byName = new Map(found.map(each => [JSON.stringify(each.name), each]))
  return [...byName].sort(([a], [b]) => byText(a, b)).map(([, each]) => each)
}

function apart(found: readonly Found[], asides: Asides, { valueBytes }: Most): Omit<Attributes, 'isCut'> {
  const attributes: Attribute[] = []
  const unread: (readonly string[])[] = []
  for (const { name, value, path } of found) {
    if (isWithin(value, valueBytes)) attributes.push({ path: name, value })
    else {
      unread.push(name)
      asides.add(() => path, tooLong(valueBytes))
    }
  }
  return { attributes, unread }
}

type Node = { readonly name: readonly string[]; readonly path: string; readonly value: unknown }

/** Adds what metadata holds, its values and lists of values; false when there are more than the limit. */
function collect(found: Found[], { name, path, value }: Node, most: number): boolean {
  const text = textOf(value)
  if (text !== undefined) return found.length < most && found.push({ name, path, value: text }) > 0
  if (!isObject(value) || name.length > DEEPEST_METADATA) return true
  let index = 0
  for (const key in value) {
    const inner = { name: [...name, key], path: pathTo(path, key, index++), value: get(value, key) }
    if (!collect(found, inner, most)) return false
  }
  return true
}

/** A key may hold anything, and paths stand in pages and logs: one that is no plain word is named by its place. */
const pathTo = (path: string, key: string, index: number): string =>
  PLAIN_WORD.test(key) ? `${path}.${key}` : `${path}[${index}]`

const PLAIN_WORD = /^[a-z0-9_]{1,60}$/

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value)) return undefined
  return value.every(item => typeof item === 'string' || typeof item === 'number') ? value.join(',') : undefined
}
