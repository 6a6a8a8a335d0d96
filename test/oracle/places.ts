import { isObject, objectsIn, textIn, type Json, type JsonObject } from './json.ts'

/**
 * Where a choice stands: the steps to it, as one JSON text. A preference of the nested shape and one of the flat shape
 * are one place; the values picked in it lie below it, each a yes or no of its own.
 */
export type Place = string

export const placeOf = (...steps: readonly string[]): Place => JSON.stringify(steps)
export const stepsOf = (place: Place): readonly string[] => JSON.parse(place) as readonly string[]
/** One of the values of a preference. */
export const isValue = (place: Place): boolean => stepsOf(place)[4] === 'value'
export const isBelow = (place: Place, prefix: readonly string[]): boolean => {
  const steps = stepsOf(place)
  return prefix.every((step, index) => steps[index] === step)
}

/** A yes or no, the values picked, or `null`: no choice was made (R9). */
export type Answer = boolean | null | readonly string[]

export type Consents = {
  readonly says: ReadonlyMap<Place, Answer>
  /** The lists that the entity holds, by name: what lies in them, from inside which an absence may speak (R6a). */
  readonly lists: ReadonlyMap<string, { readonly at: readonly string[]; readonly items: ReadonlySet<string> }>
}

type Draft = { readonly says: Map<Place, Answer>; readonly lists: Map<string, { at: string[]; items: Set<string> }> }

export function consentsIn(value: Json | undefined): Consents | undefined {
  if (!isObject(value)) return undefined
  const draft: Draft = { says: new Map(), lists: new Map() }
  channelsIn(draft, [], value['channels'])
  for (const purpose of listIn(draft, [], 'purposes', value['purposes'])) readPurpose(draft, purpose)
  const vendors = value['vendors']
  for (const kind of ['enabled', 'enabled_li']) {
    const refused = kind === 'enabled' ? 'disabled' : 'disabled_li'
    for (const id of textsIn(vendors, kind)) draft.says.set(placeOf('vendors', id, kind), true)
    for (const id of textsIn(vendors, refused)) draft.says.set(placeOf('vendors', id, kind), false)
  }
  return draft
}

function readPurpose(draft: Draft, purpose: JsonObject): void {
  const id = textIn(purpose, 'id') ?? ''
  const at = ['purposes', id]
  say(draft, [...at, 'enabled'], purpose['enabled'])
  say(draft, [...at, 'enabled_li'], purpose['enabled_li'])
  channelsIn(draft, at, purpose['channels'])
  for (const preference of listIn(draft, at, 'preferences', purpose['preferences'])) {
    const below = [...at, 'preferences', textIn(preference, 'id') ?? '']
    say(draft, below, preference['enabled'])
    channelsIn(draft, below, preference['channels'], true)
  }
  const values = purpose['values']
  if (!isObject(values)) return
  draft.lists.set(JSON.stringify([...at, 'values']), {
    at: [...at, 'preferences'],
    items: new Set(Object.keys(values)),
  })
  for (const [preference, inner] of Object.entries(values)) {
    // Refused as a whole denies each value that the same record picks (R7, R13).
    if (draft.says.get(placeOf(...at, 'preferences', preference)) === false) continue
    const picked = isObject(inner) ? inner['value'] : undefined
    if (typeof picked === 'string') draft.says.set(placeOf(...at, 'preferences', preference), picksIn(picked))
    if (picked === null) draft.says.set(placeOf(...at, 'preferences', preference), null)
  }
}

const picksIn = (text: string): readonly string[] =>
  [...new Set(text.split(',').map(each => each.trim()))].filter(each => each !== '')

function say({ says }: Draft, steps: readonly string[], answer: Json | undefined): void {
  if (typeof answer === 'boolean' || answer === null) says.set(placeOf(...steps), answer)
}

function channelsIn(draft: Draft, at: readonly string[], value: Json | undefined, speaks = false): void {
  const channels = speaks ? listIn(draft, at, 'channels', value) : objectsIn(value)
  for (const channel of channels) say(draft, [...at, 'channels', textIn(channel, 'id') ?? ''], channel['enabled'])
}

function listIn(draft: Draft, at: readonly string[], name: string, value: Json | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) return []
  const items = objectsIn(value)
  const ids = items.flatMap(item => textIn(item, 'id') ?? [])
  draft.lists.set(JSON.stringify([...at, name]), { at: [...at, name], items: new Set(ids) })
  return items
}

const textsIn = (value: Json | undefined, key: string): readonly string[] => {
  const list = isObject(value) ? value[key] : undefined
  return Array.isArray(list) ? (list as readonly Json[]).filter(each => typeof each === 'string') : []
}
