import { isWithin } from '../domain/byte-length.ts'
import { inFigures, LIMITS } from '../domain/limits.ts'

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

/** What of one record is not read. */
export type Asides = {
  /** One value cannot be read, and the others are (R10). Its path is asked for only if it is named. */
  add(path: () => string, why: string): void
  /** The record holds more than is read of one: what it grants does not count, and what it denies does. */
  exceed(path: string, why: string): void
  readonly isExceeded: () => boolean
  readonly count: () => number
  /** The first of them by name, and how many others there are. */
  readonly faults: () => Fault[]
}

export function createAsides(): Asides {
  const exceeded: Fault[] = []
  const named: Fault[] = []
  let count = 0
  let next = ''
  return {
    add(path, why) {
      if (count < LIMITS.namedFaults) named.push({ path: path(), why })
      else if (count === LIMITS.namedFaults) next = path()
      count += 1
    },
    exceed(path, why) {
      if (!exceeded.some(fault => fault.path === path && fault.why === why)) exceeded.push({ path, why })
    },
    isExceeded: () => exceeded.length > 0,
    count: () => count,
    faults() {
      const unnamed = count - named.length
      const others = { path: next, why: `is the first of ${inFigures(unnamed)} more that cannot be read` }
      return [...exceeded, ...named, ...(unnamed > 0 ? [others] : [])]
    },
  }
}

/** How much of a record is read. */
export type Most = { readonly statements: number; readonly attributes: number; readonly valueBytes: number }

export const nestsTooDeep = (levels: number): string => `nests deeper than ${inFigures(levels)} levels`

export const tooLong = (bytes: number): string => `must have at most ${inFigures(bytes)} bytes`

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

/** Why a value is no id that can be stored and searched, the same on every database; undefined when it is one, or none. */
function faultOfId(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isFinite(value)) return undefined
  if (typeof value !== 'string') return 'must be a string'
  if (!isWithin(value, LIMITS.idBytes)) return tooLong(LIMITS.idBytes)
  // PostgreSQL takes neither NUL nor half a surrogate pair in text.
  return value.includes('\u0000') || HALF_PAIR.test(value) ? 'holds characters that are no text' : undefined
}

const HALF_PAIR = /\p{Cs}/u

/** An id, without a fault. A number is its digits as they were written. */
const textOfId = (value: unknown): string | undefined =>
  typeof value === 'number' ? String(value) : typeof value === 'string' && value.trim() !== '' ? value : undefined

export function optionalId(value: unknown, path: string): string | undefined {
  const why = faultOfId(value)
  if (why !== undefined) throw new Malformed(path, why)
  return textOfId(value)
}

export function requiredId(value: unknown, path: string): string {
  const id = optionalId(value, path)
  if (id === undefined) throw new Malformed(path, MISSING)
  return id
}

const MISSING = 'is missing'

/** An id; without one, what is wrong is set aside. Nothing is thrown, since a body may hold very many of them. */
export function idOrAside(value: unknown, path: () => string, asides: Asides): string | undefined {
  const why = faultOfId(value)
  const id = why === undefined ? textOfId(value) : undefined
  if (id === undefined) asides.add(path, why ?? MISSING)
  return id
}

const WHOLE = /^-?\d+(?:\.0+)?(?:[eE]\+?\d+)?$/

/** A number to count with, however it was written; undefined for one that is too large to be exact. */
export function wholeNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && WHOLE.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined
}

/** Yes, no, or no choice made (`null`, R9), in any of its spellings: flattened bodies may carry the words as text. */
export const YES_NO: ReadonlyMap<unknown, boolean | undefined> = new Map<unknown, boolean | undefined>([
  [null, undefined],
  [true, true],
  ['true', true],
  [false, false],
  ['false', false],
])

/** Where something stands: in a list, or in an object in the place of one. */
export type Spot = { readonly list: string; readonly index: number }

export const pathOf = ({ list, index }: Spot): string => `${list}[${index}]`

/**
 * Gives each member of a list or, as flattened bodies make it, of an object keyed by position or by id; false when it
 * is neither. Nothing is made for a member, since a body may hold very many of them.
 */
export function eachIn(
  value: unknown,
  read: (member: unknown, index: number, key: string | undefined) => void,
): boolean {
  if (value === undefined || value === null) return true
  if (Array.isArray(value)) {
    value.forEach((member: unknown, index) => read(member, index, undefined))
    return true
  }
  if (!isObject(value)) return false
  let index = 0
  for (const key in value) read(get(value, key), index++, key)
  return true
}
