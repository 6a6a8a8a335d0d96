import { domainForm, lowerAscii, personOf } from '../domain/person.ts'
import { isObject } from './shape.ts'
import { type BodyRecord } from './records.ts'

/**
 * Whose record is it? One that was read says so, or is known by its key. One that was ignored or set apart is theirs
 * if an `organization_user_id` in it names them, or, where it has none, if it mentions them at all.
 */
export const recordOf =
  (person: string, keys: ReadonlySet<string>) =>
  ({ reading, value }: BodyRecord): boolean =>
    reading.kind === 'fact' ? reading.fact.names === person || keys.has(reading.fact.key) : isNamedIn(value, person)

function isNamedIn(record: unknown, person: string): boolean {
  const entries = entriesIn(record)
  const ids = entries.filter(([key]) => key.endsWith('organization_user_id')).flatMap(([, value]) => idOf(value))
  if (ids.length > 0) return ids.includes(person)
  if (typeof record === 'string' && record.includes(`"${person}"`)) return true
  // Keys are words of the format, or places in a list, and may well be the same as an id.
  const isAddress = person.includes('@')
  return entries.some(([key, value]) => isMentioned(value, person) || (isAddress && isMentioned(key, person)))
}

function idOf(value: unknown): string[] {
  const id = typeof value === 'string' || typeof value === 'number' ? personOf(String(value)) : ''
  return id === '' ? [] : [id]
}

/** The record and everything in it, by its key. No recursion: a body may nest until the stack ends. */
function entriesIn(record: unknown): [key: string, value: unknown][] {
  const entries: [key: string, value: unknown][] = [['', record]]
  // Grows while it is walked through.
  for (const [, value] of entries)
    if (Array.isArray(value) || isObject(value)) for (const each of Object.entries(value)) entries.push(each)
  return entries
}

/** An address may stand in the middle of a text; any other id only alone, for it may be as short as a word. */
function isMentioned(text: unknown, person: string): boolean {
  if (typeof text !== 'string') return false
  if (!person.includes('@')) return personOf(text) === person
  const sign = person.lastIndexOf('@')
  const [local, domain] = [person.slice(0, sign), person.slice(sign + 1)]
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = at - local.length
    if (start < 0 || lowerAscii(text.slice(start, at)) !== local) continue
    const rest = domainForm(text.slice(at + 1, at + 1 + MOST_PER_CHARACTER * (domain.length + 3)))
    if (!rest.startsWith(domain) || AFTER.test(rest.slice(domain.length, domain.length + 3))) continue
    if (!BEFORE.test(text.slice(Math.max(0, start - 2), start))) return true
  }
  return false
}

/** Code units that one of them in a domain's form may be written with: a letter and its marks. */
const MOST_PER_CHARACTER = 4

// What would make it a part of a longer address.
const BEFORE = /[\p{L}\p{N}._%+-]$/u
const AFTER = /^(?:[\p{L}\p{N}-]|\.[\p{L}\p{N}])/u
