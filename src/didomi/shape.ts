/** A record is not of the shape that Didomi documents: `path` is the field at fault. Caught once per record. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
  readonly path: string

  constructor(path: string, why: string) {
    super(why)
    this.path = path
  }
}

/** Which field is at fault, and how. */
export type Fault = {
  readonly path: string
  readonly why: string
  /** The rest of the record was read. */
  readonly partial?: true
  /** The body is kept as it was sent, in this encoding. */
  readonly contentEncoding?: string
}

export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Own properties only: a purpose may well be called `__proto__` or `constructor`. */
export const get = (object: Json, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined)

export function optionalObject(value: unknown, path: string): Json | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw new Malformed(path, 'must be an object')
  return value
}

// PostgreSQL takes neither NUL nor half a surrogate pair in text, and indexes at most some 2,700 bytes.
const MOST_ID_LENGTH = 512

/** An id that can be stored and searched, the same on every database. A number is its digits as they were written. */
export function optionalId(value: unknown, path: string): string | undefined {
  if (value === undefined || value === null || (typeof value === 'string' && value.trim() === '')) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  if (typeof value !== 'string') throw new Malformed(path, 'must be a string')
  if (value.length > MOST_ID_LENGTH) throw new Malformed(path, `must have at most ${MOST_ID_LENGTH} characters`)
  if (value.includes('\u0000') || !isWellFormed(value)) throw new Malformed(path, 'holds characters that are no text')
  return value
}

export function requiredId(value: unknown, path: string): string {
  const id = optionalId(value, path)
  if (id === undefined) throw new Malformed(path, 'is missing')
  return id
}

const WHOLE = /^-?\d+(?:\.0+)?(?:[eE]\+?\d+)?$/

/** A number to count with, however it was written; undefined for one that is too large to be exact. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && WHOLE.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

// A lone surrogate is the one thing that encodeURIComponent refuses.
function isWellFormed(text: string): boolean {
  try {
    encodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

/** Yes, no, or no choice made (`null` or absent, R9). Flattened bodies may carry the words as text. */
export function optionalBoolean(value: unknown, path: string): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw new Malformed(path, 'must be true, false or null')
}

export type Item = { readonly id: string; readonly item: Json; readonly path: string }

/**
 * Things with an id, from a list or, as flattened bodies make them, from an object keyed by position or by id. One
 * that cannot be read is told to `aside`, and the others are read.
 */
export const itemsOf = (value: unknown, path: string, aside: (fault: { path: string; why: string }) => void): Item[] =>
  membersOf(value, path).flatMap(([key, item, at]) => {
    try {
      return [itemIn(key, item, at)]
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      aside({ path: error.path, why: error.message })
      return []
    }
  })

function itemIn(key: string, item: unknown, path: string): Item {
  if (!isObject(item)) throw new Malformed(path, 'must be an object')
  const id = get(item, 'id') ?? (/^\d+$/.test(key) ? undefined : key)
  return { id: requiredId(id, `${path}.id`), item, path }
}

export function idsOf(value: unknown, path: string): string[] {
  return membersOf(value, path).map(([, id, at]) => requiredId(isObject(id) ? get(id, 'id') : id, at))
}

function membersOf(value: unknown, path: string): [key: string, member: unknown, at: string][] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value)) return value.map((member: unknown, index) => [String(index), member, `${path}[${index}]`])
  if (isObject(value)) return Object.entries(value).map(([key, member], index) => [key, member, `${path}[${index}]`])
  throw new Malformed(path, 'must be a list')
}
