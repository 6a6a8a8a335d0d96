import { byRestriction, byText, placeKey, type Answer, type Place } from '../domain/choice.ts'
import { isWithin } from '../domain/byte-length.ts'
import { type Statement } from '../domain/fact.ts'
import { inFigures } from '../domain/limits.ts'
import {
  eachIn,
  get,
  idOrAside,
  isObject,
  pathOf,
  tooLong,
  YES_NO,
  type Asides,
  type Json,
  type Most,
  type Spot,
} from './shape.ts'

/** What a `consents` object says. */
export type Consents = {
  readonly statements: readonly Statement[]
  /** Places that it holds as null: no choice is made there (R9). */
  readonly nulls: readonly Place[]
  /** The ids in each list that it holds, by a name for the list (R6). */
  readonly lists: ReadonlyMap<string, ReadonlySet<string>>
  /** In which list each place stands, by the key of the place. */
  readonly listedIn: ReadonlyMap<string, Listed>
}

/** An id in a list, and what the list itself stands in. */
type Listed = { readonly list: string; readonly id: string; readonly within: Listed | undefined }

type Said = { readonly place: Place; readonly answer: Answer | undefined; readonly listed: Listed | undefined }

type Reader = {
  said: Said[]
  /** It holds more than is read: only what it does not grant is kept. */
  isCut: boolean
  readonly lists: Map<string, Set<string>>
  readonly path: string
  readonly asides: Asides
  readonly most: Most
}

type ConsentsAt = { readonly path: string; readonly asides: Asides; readonly most: Most }

/**
 * What a `consents` object states, from API v1 (nested `preferences[]`) and v2 (flat `values{}`) alike: the same
 * preferences give the same statements. A value that cannot be read is set aside, and the others are read (R10).
 */
export function consentsIn(value: unknown, { path, asides, most }: ConsentsAt): Consents {
  const reader: Reader = { said: [], isCut: false, lists: new Map(), path, asides, most }
  const consents = objectIn(reader, value, () => path)
  const purposes = { name: ['purposes'], path: `${path}.purposes`, within: undefined }
  readItems(reader, get(consents, 'purposes'), purposes, item => readPurpose(reader, item))
  readChannels(reader, get(consents, 'channels'), { path: `${path}.channels`, parent: {}, within: undefined })
  readVendors(reader, get(consents, 'vendors'), `${path}.vendors`)
  return consentsFrom(reader)
}

/**
 * Keeps what is said of a place. Of more than is read only what is not granted is kept: what is denied counts, and the
 * rest of the record is set apart. Nothing is lost with a grant that does not count.
 */
function say(reader: Reader, said: Said): void {
  const { statements } = reader.most
  if (reader.said.length >= statements && !reader.isCut) {
    reader.isCut = true
    reader.asides.exceed(reader.path, `holds more than ${inFigures(statements)} choices`)
    reader.said = reader.said.filter(({ answer }) => answer !== true)
  }
  if (reader.isCut && (said.answer === true || reader.said.length >= statements)) return
  reader.said.push(said)
}

const NO_MEMBERS: Json = {}

function objectIn({ asides }: Reader, value: unknown, path: () => string): Json {
  if (value === undefined || value === null) return NO_MEMBERS
  if (isObject(value)) return value
  asides.add(path, 'must be an object')
  return NO_MEMBERS
}

type Item = Listed & { readonly item: Json; readonly spot: Spot }
type ListAt = { readonly name: readonly string[]; readonly path: string; readonly within: Listed | undefined }

/** Reads the things with an id in a list that is there; only what is in it can be missed later. */
function readItems(reader: Reader, value: unknown, { name, path, within }: ListAt, read: (item: Item) => void): void {
  if (value === undefined || value === null) return
  const { asides } = reader
  const list = JSON.stringify(name)
  const ids = new Set<string>()
  let isWhole = true
  const isList = eachIn(value, (item, index, key) => {
    const spot = { list: path, index }
    const id = idOfItem(item, { key, spot, asides })
    if (id === undefined || !isObject(item)) {
      isWhole = false
      return
    }
    if (!reader.isCut) ids.add(id)
    read({ list, id, within, item, spot })
  })
  if (!isList) asides.add(() => path, 'must be a list')
  // A list with an unreadable entry may hold what seems to be missing.
  if (isList && isWhole) reader.lists.set(list, ids)
}

type InList = { readonly key: string | undefined; readonly spot: Spot; readonly asides: Asides }

function idOfItem(item: unknown, { key, spot, asides }: InList): string | undefined {
  if (!isObject(item)) {
    asides.add(() => pathOf(spot), 'must be an object')
    return undefined
  }
  const named = get(item, 'id') ?? (key === undefined || POSITION.test(key) ? undefined : key)
  return idOrAside(named, () => `${pathOf(spot)}.id`, asides)
}

const POSITION = /^\d+$/

function readPurpose(reader: Reader, purposeItem: Item): void {
  const { id: purpose, item, spot } = purposeItem
  const place = (legitimateInterest: boolean): Place => ({ kind: 'purpose', purpose, legitimateInterest })
  readToggle(reader, purposeItem, { place: place(false), name: 'enabled' })
  readToggle(reader, purposeItem, { place: place(true), name: 'enabled_li' })
  readChannelsOf(reader, purposeItem, { purpose })
  const preferences = get(item, 'preferences')
  if (preferences !== undefined) {
    const at = { name: ['preferences', purpose], path: `${pathOf(spot)}.preferences`, within: purposeItem }
    readItems(reader, preferences, at, each => {
      const preference = each.id
      readToggle(reader, each, { place: { kind: 'preference', purpose, preference }, name: 'enabled' })
      readChannelsOf(reader, each, { purpose, preference })
    })
  }
  readValues(reader, get(item, 'values'), purposeItem)
}

type Parent = { readonly purpose?: string; readonly preference?: string }
type Channels = { readonly path: string; readonly parent: Parent; readonly within: Listed | undefined }

function readChannelsOf(reader: Reader, within: Item, parent: Parent): void {
  const channels = get(within.item, 'channels')
  if (channels !== undefined)
    readChannels(reader, channels, { path: `${pathOf(within.spot)}.channels`, parent, within })
}

function readChannels(reader: Reader, value: unknown, { path, parent, within }: Channels): void {
  const name = ['channels', parent.purpose ?? '', parent.preference ?? '']
  readItems(reader, value, { name, path, within }, each => {
    const place: Place = {
      kind: 'channel',
      purpose: parent.purpose,
      preference: parent.preference,
      channel: each.id,
    }
    readToggle(reader, each, { place, name: 'enabled' })
  })
}

type Toggle = { readonly place: Place; readonly name: string }

function readToggle(reader: Reader, listed: Item, { place, name }: Toggle): void {
  const value = get(listed.item, name)
  if (value === undefined) return
  if (YES_NO.has(value)) say(reader, { place, answer: YES_NO.get(value), listed })
  else reader.asides.add(() => `${pathOf(listed.spot)}.${name}`, 'must be true, false or null')
}

function readValues(reader: Reader, value: unknown, within: Item): void {
  if (value === undefined || value === null) return
  const purpose = within.id
  const path = () => `${pathOf(within.spot)}.values`
  const values = objectIn(reader, value, path)
  const list = JSON.stringify(['values', purpose])
  const ids = new Set<string>()
  reader.lists.set(list, ids)
  eachIn(values, (holder, index, key) => {
    const id = key ?? ''
    if (!reader.isCut) ids.add(id)
    const preference = idOrAside(id, () => pathOf({ list: path(), index }), reader.asides)
    const held = isObject(holder) ? get(holder, 'value') : holder
    if (preference === undefined || held === undefined) return
    const answer = answerIn(reader, held, () => `${pathOf({ list: path(), index })}.value`)
    const place = { kind: 'preference', purpose, preference } as const
    if (answer !== SET_ASIDE) say(reader, { place, answer, listed: { list, id, within } })
  })
}

const SET_ASIDE = Symbol('set aside')

/** A v2 value: ids joined by commas; the words true and false are the v2 spelling of a v1 `enabled`. */
function answerIn(reader: Reader, value: unknown, path: () => string): Answer | undefined | typeof SET_ASIDE {
  if (value === null) return undefined
  if (typeof value === 'boolean') return value
  const ids = idsIn(reader, value, path)
  if (!ids) return SET_ASIDE
  const picked = [...new Set(ids.map(id => id.trim()).filter(id => id !== ''))]
  if (picked.length === 1 && picked[0] === 'true') return true
  if (picked.length === 1 && picked[0] === 'false') return false
  return picked
}

/** The ids of a value; one that cannot be read sets all of it aside, because a list denies what it does not hold. */
function idsIn({ asides, most }: Reader, value: unknown, path: () => string): string[] | undefined {
  const before = asides.count()
  if (typeof value === 'string') {
    if (isWithin(value, most.valueBytes)) return value.split(',')
    asides.add(path, tooLong(most.valueBytes))
    return undefined
  }
  const ids: string[] = []
  if (!Array.isArray(value)) asides.add(path, 'must be a text of ids joined by commas')
  else eachIn(value, (member, index) => ids.push(idOf(member, () => pathOf({ list: path(), index }), asides) ?? ''))
  if (asides.count() !== before) return undefined
  if (isWithin(ids.join(','), most.valueBytes)) return ids
  asides.add(path, tooLong(most.valueBytes))
  return undefined
}

const idOf = (value: unknown, path: () => string, asides: Asides): string | undefined =>
  idOrAside(isObject(value) ? get(value, 'id') : value, path, asides)

const VENDORS = [
  { name: 'enabled', answer: true, legitimateInterest: false },
  { name: 'disabled', answer: false, legitimateInterest: false },
  { name: 'enabled_li', answer: true, legitimateInterest: true },
  { name: 'disabled_li', answer: false, legitimateInterest: true },
] as const

function readVendors(reader: Reader, value: unknown, path: string): void {
  const { asides } = reader
  const vendors = objectIn(reader, value, () => path)
  for (const { name, answer, legitimateInterest } of VENDORS) {
    const list = `${path}.${name}`
    const isList = eachIn(get(vendors, name), (member, index) => {
      const vendor = idOf(member, () => pathOf({ list, index }), asides)
      if (vendor !== undefined)
        say(reader, { place: { kind: 'vendor', vendor, legitimateInterest }, answer, listed: undefined })
    })
    if (!isList) asides.add(() => list, 'must be a list')
  }
}

/** One record that says two things of one place is taken at its more restrictive word. In one order, however spelled. */
function consentsFrom({ said, isCut, lists }: Reader): Consents {
  const stated = new Map<string, Statement>()
  const nulls = new Map<string, Place>()
  const listedIn = new Map<string, Listed>()
  for (const { place, answer, listed } of said) {
    const key = placeKey(place)
    const rival = stated.get(key)
    if (answer === undefined) nulls.set(key, place)
    else if (!rival || byRestriction(answer, rival.answer) < 0) stated.set(key, { place, answer })
    if (answer !== undefined && listed) listedIn.set(key, listed)
  }
  const inOrder = <T>(map: Map<string, T>): T[] => [...map].sort(([a], [b]) => byText(a, b)).map(([, value]) => value)
  for (const key of stated.keys()) nulls.delete(key)
  // What was not read may be in any of the lists.
  return { statements: inOrder(stated), nulls: inOrder(nulls), lists: isCut ? new Map() : lists, listedIn }
}

/**
 * R6: what `old` states and `now` visibly no longer lists. An absence speaks only from inside a list that both hold:
 * an entity without that list says nothing of it.
 */
export const goneFrom = (old: Consents, now: Consents): Place[] =>
  old.statements.map(({ place }) => place).filter(place => isMissed(old.listedIn.get(placeKey(place)), now.lists))

/** Missing in the outermost list that is there and lacks it. */
function isMissed(listed: Listed | undefined, lists: Consents['lists']): boolean {
  if (!listed) return false
  if (isMissed(listed.within, lists)) return true
  return isListed(listed.within, lists) && lists.get(listed.list)?.has(listed.id) === false
}

/** All lists around it are there, and hold it. */
const isListed = (listed: Listed | undefined, lists: Consents['lists']): boolean =>
  !listed || (isListed(listed.within, lists) && lists.get(listed.list)?.has(listed.id) === true)
