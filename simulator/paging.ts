import { type Answer, okJson } from './answers.ts'
import type { Call } from './call.ts'
import { type Json, type JsonObject, isArray, isObject } from './json.ts'
import type { Problem } from './problems.ts'
import { TRIGGERS } from './triggers.ts'

/** One page: `count` is 10 unless asked for, never more than 1,000. */
export function page<T>(items: readonly T[], query: URLSearchParams): readonly T[] {
  const offset = wholeNumber(query.get('offset'), 0)
  const count = Math.min(wholeNumber(query.get('count'), 10), 1000)
  return items.slice(offset, offset + count)
}

function wholeNumber(text: string | null, otherwise: number): number {
  return text !== null && /^\d+$/.test(text) ? Number(text) : otherwise
}

export function hasFieldQuery(query: URLSearchParams): boolean {
  return query.has('fields') || query.has('exclude_fields')
}

/** Fields that an answer may leave out, and that may be asked for all the same. */
const SOMETIMES_ABSENT = /(^|\.)(_links|unsubscribe_reason|marketing_permissions|interests|last_note|sms_\w+)(\.|$)/

/** The answer cut down to `fields` or without `exclude_fields`; asking for both, or for an unknown one, is refused. */
export function filtered(view: JsonObject, { query }: Pick<Call, 'query'>): Answer | Problem {
  const fields = names(query.get('fields'))
  const excluded = names(query.get('exclude_fields'))
  if (fields && excluded) return requestedFieldsInvalid()
  const unknown = [...(fields ?? []), ...(excluded ?? [])].some(name => !isKnown(view, name))
  if (unknown) return requestedFieldsInvalid()
  if (fields) return okJson(keep(view, fields))
  return okJson(excluded ? drop(view, excluded) : view)
}

function names(list: string | null): readonly string[] | undefined {
  return list === null || list === '' ? undefined : list.split(',').map(name => name.trim())
}

function requestedFieldsInvalid(): Problem {
  return TRIGGERS['RequestedFieldsInvalid'] ?? { status: 422, title: 'Requested Fields Invalid', detail: '' }
}

/** An empty list says nothing about the names of its items, so any of them passes. */
function isKnown(value: Json | undefined, path: string): boolean {
  if (SOMETIMES_ABSENT.test(path)) return true
  const [head = '', ...rest] = path.split('.')
  if (isArray(value)) return value.length === 0 || isKnown(value[0], path)
  if (!isObject(value) || !(head in value)) return false
  return rest.length === 0 || isKnown(value[head], rest.join('.'))
}

function keep(value: Json, paths: readonly string[]): Json {
  if (isArray(value)) return value.map(item => keep(item, paths))
  if (!isObject(value)) return value
  const kept = Object.entries(value).flatMap(([name, part]): readonly (readonly [string, Json])[] => {
    if (paths.includes(name)) return [[name, part]]
    const below = inside(paths, name)
    return below.length > 0 ? [[name, keep(part, below)]] : []
  })
  return Object.fromEntries(kept)
}

function drop(value: Json, paths: readonly string[]): Json {
  if (isArray(value)) return value.map(item => drop(item, paths))
  if (!isObject(value)) return value
  const left = Object.entries(value)
    .filter(([name]) => !paths.includes(name))
    .map(([name, part]): readonly [string, Json] => [name, drop(part, inside(paths, name))])
  return Object.fromEntries(left)
}

function inside(paths: readonly string[], name: string): readonly string[] {
  return paths.filter(path => path.startsWith(`${name}.`)).map(path => path.slice(name.length + 1))
}
