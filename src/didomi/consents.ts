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
  type Item,
} from './shape.ts'

/**
 * What a `consents` object states, from API v1 (nested `preferences[]`) and v2 (flat `values{}`) alike: the same
 * preferences give the same statements. `enabled: null` states nothing (R9).
 */
export function statementsIn(value: unknown, path: string): Statement[] {
  const consents = optionalObject(value, path)
  if (!consents) return []
  return mostRestrictive([
    ...itemsOf(get(consents, 'purposes'), `${path}.purposes`).flatMap(purposeStatements),
    ...channelStatements(get(consents, 'channels'), `${path}.channels`, {}),
    ...vendorStatements(get(consents, 'vendors'), `${path}.vendors`),
  ])
}

function purposeStatements({ id: purpose, item, path }: Item): Statement[] {
  const place = (legitimateInterest: boolean): Place => ({ kind: 'purpose', purpose, legitimateInterest })
  return [
    ...toggle(place(false), get(item, 'enabled'), `${path}.enabled`),
    ...toggle(place(true), get(item, 'enabled_li'), `${path}.enabled_li`),
    ...channelStatements(get(item, 'channels'), `${path}.channels`, { purpose }),
    ...itemsOf(get(item, 'preferences'), `${path}.preferences`).flatMap(each => preferenceStatements(purpose, each)),
    ...valueStatements(purpose, get(item, 'values'), `${path}.values`),
  ]
}

const preferenceStatements = (purpose: string, { id: preference, item, path }: Item): Statement[] => [
  ...toggle({ kind: 'preference', purpose, preference }, get(item, 'enabled'), `${path}.enabled`),
  ...channelStatements(get(item, 'channels'), `${path}.channels`, { purpose, preference }),
]

type Parent = { readonly purpose?: string; readonly preference?: string }

const channelStatements = (value: unknown, path: string, parent: Parent): Statement[] =>
  itemsOf(value, path).flatMap(({ id: channel, item, path: at }) => {
    const place: Place = { kind: 'channel', purpose: parent.purpose, preference: parent.preference, channel }
    return toggle(place, get(item, 'enabled'), `${at}.enabled`)
  })

function valueStatements(purpose: string, values: unknown, path: string): Statement[] {
  return Object.entries(optionalObject(values, path) ?? {}).flatMap(([key, holder], index) => {
    const preference = requiredId(key, `${path}[${index}]`)
    const answer = answerOf(isObject(holder) ? get(holder, 'value') : holder, `${path}[${index}].value`)
    return answer === undefined ? [] : [{ place: { kind: 'preference', purpose, preference }, answer } as const]
  })
}

/** A v2 value: ids joined by commas; the words true and false are the v2 spelling of a v1 `enabled`. */
function answerOf(value: unknown, path: string): Answer | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  const ids = Array.isArray(value) ? idsOf(value, path) : typeof value === 'string' ? value.split(',') : undefined
  if (ids === undefined) throw new Malformed(path, 'must be a text of ids joined by commas')
  const picked = [...new Set(ids.map(id => id.trim()).filter(id => id !== ''))]
  if (picked.length === 1 && picked[0] === 'true') return true
  if (picked.length === 1 && picked[0] === 'false') return false
  return picked
}

function vendorStatements(value: unknown, path: string): Statement[] {
  const vendors = optionalObject(value, path)
  if (!vendors) return []
  const list = (name: string, answer: boolean, legitimateInterest: boolean): Statement[] =>
    idsOf(get(vendors, name), `${path}.${name}`).map(vendor => ({
      place: { kind: 'vendor', vendor, legitimateInterest },
      answer,
    }))
  return [
    ...list('enabled', true, false),
    ...list('disabled', false, false),
    ...list('enabled_li', true, true),
    ...list('disabled_li', false, true),
  ]
}

function toggle(place: Place, value: unknown, path: string): Statement[] {
  const answer = optionalBoolean(value, path)
  return answer === undefined ? [] : [{ place, answer }]
}

/** One record that says two things of one place is taken at its more restrictive word. In one order, however spelled. */
function mostRestrictive(statements: readonly Statement[]): Statement[] {
  const kept = new Map<string, Statement>()
  for (const statement of statements) {
    const key = placeKey(statement.place)
    const rival = kept.get(key)
    if (!rival || byRestriction(statement.answer, rival.answer) < 0) kept.set(key, statement)
  }
  return [...kept].sort(([a], [b]) => byText(a, b)).map(([, statement]) => statement)
}
