import { byRestriction, byText, placeKey, type Answer, type Place } from '../domain/choice.ts'
import { type Statement } from '../domain/fact.ts'
import {
  get,
  idsOf,
  isObject,
  itemsOf,
  Malformed,
  optionalBoolean,
  optionalObject,
  requiredId,
  type Fault,
  type Item,
  type Json,
} from './shape.ts'

/** What a `consents` object says. */
export type Consents = {
  readonly statements: readonly Statement[]
  /** Places that it holds as null: no choice is made there (R9). */
  readonly nulls: readonly Place[]
  /** The ids in each list that it holds, by a name for the list (R6). */
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>
  /** In which lists each place stands, the outermost first, by the key of the place. */
  readonly listedIn: ReadonlyMap<string, readonly Listed[]>
}

type Listed = { readonly list: string; readonly id: string }

type Reader = {
  readonly said: { readonly place: Place; readonly answer: Answer | undefined; readonly listed: readonly Listed[] }[]
  readonly lists: Map<string, Set<string>>
  readonly faults: Fault[]
}

/**
 * What a `consents` object states, from API v1 (nested `preferences[]`) and v2 (flat `values{}`) alike: the same
 * preferences give the same statements. A value that cannot be read is set aside among `faults`, and the others are
 * read (R10).
 */
export function consentsIn(
  value: unknown,
  { path, faults }: { readonly path: string; readonly faults: Fault[] },
): Consents {
  const reader: Reader = { said: [], lists: new Map(), faults }
  const consents = aside(reader, () => optionalObject(value, path)) ?? {}
  for (const item of members(reader, get(consents, 'purposes'), { name: ['purposes'], path: `${path}.purposes` }))
    readPurpose(reader, item)
  readChannels(reader, get(consents, 'channels'), { path: `${path}.channels`, parent: {}, listed: [] })
  readVendors(reader, get(consents, 'vendors'), `${path}.vendors`)
  return consentsFrom(reader)
}

/** Reads one value; if it is malformed, that is all that is set aside. */
function aside<T>({ faults }: Reader, read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Malformed)) throw error
    faults.push({ path: error.path, why: error.message })
    return undefined
  }
}

type ListedItem = Item & { readonly listed: readonly Listed[] }
type ListAt = { readonly name: readonly string[]; readonly path: string; readonly listed?: readonly Listed[] }

/** The items of a list that is there; whatever is in it can be missed later. */
function members(reader: Reader, value: unknown, { name, path, listed = [] }: ListAt): ListedItem[] {
  if (value === undefined || value === null) return []
  const faultless = reader.faults.length
  const items = aside(reader, () => itemsOf(value, path, fault => reader.faults.push(fault))) ?? []
  const list = JSON.stringify(name)
  // A list of which something could not be read may hold what seems to be missing.
  if (reader.faults.length === faultless) reader.lists.set(list, new Set(items.map(({ id }) => id)))
  return items.map(item => ({ ...item, listed: [...listed, { list, id: item.id }] }))
}

function readPurpose(reader: Reader, { id: purpose, item, path, listed }: ListedItem): void {
  const place = (legitimateInterest: boolean): Place => ({ kind: 'purpose', purpose, legitimateInterest })
  readToggle(reader, { place: place(false), item, name: 'enabled', path, listed })
  readToggle(reader, { place: place(true), item, name: 'enabled_li', path, listed })
  readChannels(reader, get(item, 'channels'), { path: `${path}.channels`, parent: { purpose }, listed })
  const preferences = { name: ['preferences', purpose], path: `${path}.preferences`, listed }
  for (const each of members(reader, get(item, 'preferences'), preferences)) {
    const { id: preference, path: at } = each
    readToggle(reader, { ...each, place: { kind: 'preference', purpose, preference }, name: 'enabled' })
    const parent = { purpose, preference }
    readChannels(reader, get(each.item, 'channels'), { path: `${at}.channels`, parent, listed: each.listed })
  }
  readValues(reader, get(item, 'values'), { purpose, path: `${path}.values`, listed })
}

type Parent = { readonly purpose?: string; readonly preference?: string }
type Channels = { readonly path: string; readonly parent: Parent; readonly listed: readonly Listed[] }

function readChannels(reader: Reader, value: unknown, { path, parent, listed }: Channels): void {
  const name = ['channels', parent.purpose ?? '', parent.preference ?? '']
  for (const each of members(reader, value, { name, path, listed })) {
    const place: Place = {
      kind: 'channel',
      purpose: parent.purpose,
      preference: parent.preference,
      channel: each.id,
    }
    readToggle(reader, { ...each, place, name: 'enabled' })
  }
}

type Toggle = {
  readonly place: Place
  readonly item: Json
  readonly name: string
  readonly path: string
  readonly listed: readonly Listed[]
}

function readToggle(reader: Reader, { place, item, name, path, listed }: Toggle): void {
  const value = get(item, name)
  if (value === undefined) return
  aside(reader, () => reader.said.push({ place, answer: optionalBoolean(value, `${path}.${name}`), listed }))
}

type Values = { readonly purpose: string; readonly path: string; readonly listed: readonly Listed[] }

function readValues(reader: Reader, value: unknown, { purpose, path, listed }: Values): void {
  if (value === undefined || value === null) return
  const values = Object.entries(aside(reader, () => optionalObject(value, path)) ?? {})
  const list = JSON.stringify(['values', purpose])
  reader.lists.set(list, new Set(values.map(([key]) => key)))
  values.forEach(([key, holder], index) =>
    aside(reader, () => {
      const preference = requiredId(key, `${path}[${index}]`)
      const held = isObject(holder) ? get(holder, 'value') : holder
      if (held === undefined) return
      const answer = answerOf(held, `${path}[${index}].value`)
      const place = { kind: 'preference', purpose, preference } as const
      reader.said.push({ place, answer, listed: [...listed, { list, id: key }] })
    }),
  )
}

/** A v2 value: ids joined by commas; the words true and false are the v2 spelling of a v1 `enabled`. */
function answerOf(value: unknown, path: string): Answer | undefined {
  if (value === null) return undefined
  if (typeof value === 'boolean') return value
  const ids = Array.isArray(value) ? idsOf(value, path) : typeof value === 'string' ? value.split(',') : undefined
  if (ids === undefined) throw new Malformed(path, 'must be a text of ids joined by commas')
  const picked = [...new Set(ids.map(id => id.trim()).filter(id => id !== ''))]
  if (picked.length === 1 && picked[0] === 'true') return true
  if (picked.length === 1 && picked[0] === 'false') return false
  return picked
}

const VENDORS = [
  { name: 'enabled', answer: true, legitimateInterest: false },
  { name: 'disabled', answer: false, legitimateInterest: false },
  { name: 'enabled_li', answer: true, legitimateInterest: true },
  { name: 'disabled_li', answer: false, legitimateInterest: true },
] as const

function readVendors(reader: Reader, value: unknown, path: string): void {
  const vendors = aside(reader, () => optionalObject(value, path)) ?? {}
  for (const { name, answer, legitimateInterest } of VENDORS)
    for (const vendor of aside(reader, () => idsOf(get(vendors, name), `${path}.${name}`)) ?? [])
      reader.said.push({ place: { kind: 'vendor', vendor, legitimateInterest }, answer, listed: [] })
}

/** One record that says two things of one place is taken at its more restrictive word. In one order, however spelled. */
function consentsFrom({ said, lists }: Reader): Consents {
  const stated = new Map<string, Statement>()
  const nulls = new Map<string, Place>()
  const listedIn = new Map<string, readonly Listed[]>()
  for (const { place, answer, listed } of said) {
    const key = placeKey(place)
    const rival = stated.get(key)
    if (answer === undefined) nulls.set(key, place)
    else if (!rival || byRestriction(answer, rival.answer) < 0) stated.set(key, { place, answer })
    if (answer !== undefined) listedIn.set(key, listed)
  }
  const inOrder = <T>(map: Map<string, T>): T[] => [...map].sort(([a], [b]) => byText(a, b)).map(([, value]) => value)
  for (const key of stated.keys()) nulls.delete(key)
  return { statements: inOrder(stated), nulls: inOrder(nulls), lists, listedIn }
}

/**
 * R6: what `old` states and `now` visibly no longer lists. An absence speaks only from inside a list that both hold:
 * an entity without that list says nothing of it.
 */
export const goneFrom = (old: Consents, now: Consents): Place[] =>
  old.statements.map(({ place }) => place).filter(place => isMissed(old.listedIn.get(placeKey(place)) ?? [], now.lists))

function isMissed(listed: readonly Listed[], lists: Consents['lists']): boolean {
  for (const { list, id } of listed) {
    const ids = lists.get(list)
    if (!ids) return false
    if (!ids.has(id)) return true
  }
  return false
}
