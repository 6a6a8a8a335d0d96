/** JSON as the oracle reads it, by code of its own: what the service shares with it, the oracle could not find wrong. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const objectsIn = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : []

export const inside = (value: Json | undefined, ...path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>((found, key) => (isObject(found) ? found[key] : undefined), value)

export const textIn = (value: Json | undefined, ...path: readonly string[]): string | undefined => {
  const found = inside(value, ...path)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** Ids are kept as their digits are written (R5a), and a JSON number of more than 16 digits would lose some. */
const NUMERIC_ID = /("(?:id|organization_user_id)"\s*:\s*)(-?\d+)(?=\s*[,}\]])/g

/** What a body says; undefined when it is no JSON. */
export function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text.replace(NUMERIC_ID, '$1"$2"')) as Json
  } catch {
    return undefined
  }
}

/** Didomi's option *Flatten* writes a path as one key, with `__` between its steps; positions are steps, too. */
export function unflattened(value: Json): Json {
  if (!isObject(value)) return Array.isArray(value) ? (value as readonly Json[]).map(unflattened) : value
  const root = new Map<string, Json>()
  const nested = new Map<string, [string, Json][]>()
  for (const [key, inner] of Object.entries(value)) {
    const [first = '', ...rest] = key.split('__')
    if (rest.length === 0) root.set(key, unflattened(inner))
    else nested.set(first, [...(nested.get(first) ?? []), [rest.join('__'), inner]])
  }
  for (const [key, parts] of nested) root.set(key, listOrObject(unflattened(Object.fromEntries(parts))))
  return Object.fromEntries(root)
}

function listOrObject(value: Json): Json {
  if (!isObject(value)) return value
  const keys = Object.keys(value)
  const isList = keys.length > 0 && keys.every(key => /^\d+$/.test(key))
  return isList ? keys.toSorted((a, b) => Number(a) - Number(b)).flatMap(key => value[key] ?? []) : value
}
