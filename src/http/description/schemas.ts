import { asDescription, SCHEMAS, type Description, type Json } from './api.ts'

/**
 * Leaves each named schema once, under its own name, and only those that are used. The provider describes every one
 * twice, `Name` as it is answered and `NameInput` as it is sent. Throws where both are used and differ.
 */
export function tidySchemas(api: Description): Description {
  const { schemas, ...rest } = api.components
  const tidy = tidied(name => (isSent(name, schemas) ? name.slice(0, -SENT.length) : name))
  const kept = new Map<string, unknown>()
  for (const name of namesUsed({ paths: api.paths, components: rest }, schemas)) {
    const schema = tidy(schemas[name])
    const own = isSent(name, schemas) ? name.slice(0, -SENT.length) : name
    const other = kept.get(own)
    if (other !== undefined && JSON.stringify(other) !== JSON.stringify(schema))
      throw new Error(`the schema ${own} is sent and answered in different shapes; each needs a name of its own`)
    kept.set(own, schema)
  }
  const sorted = Object.fromEntries([...kept].sort(([a], [b]) => (a < b ? -1 : 1)))
  return asDescription({ ...api, paths: tidy(api.paths), components: { ...rest, schemas: sorted } })
}

const SENT = 'Input'

const isSent = (name: string, schemas: Readonly<Record<string, Json>>): boolean =>
  name.endsWith(SENT) && Object.hasOwn(schemas, name.slice(0, -SENT.length))

/** Every schema that is named below `from`, and below those, each once. */
function namesUsed(from: unknown, schemas: Readonly<Record<string, Json>>): Set<string> {
  const names = new Set<string>()
  const look = (value: unknown): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || names.has(name)) continue
      names.add(name)
      look(schemas[name] ?? {})
    }
  }
  look(from)
  return names
}

/** Gives references the names that schemas have, and drops the bounds that any whole number in JSON has. */
const tidied = (nameOf: (name: string) => string) => {
  const tidy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(tidy)
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, each]) => each !== Number.MAX_SAFE_INTEGER && each !== Number.MIN_SAFE_INTEGER)
        .map(([key, each]) => [key, key === '$ref' ? renamed(String(each)) : tidy(each)]),
    )
  }
  const renamed = (ref: string): string =>
    ref.startsWith(SCHEMAS) ? `${SCHEMAS}${nameOf(ref.slice(SCHEMAS.length))}` : ref
  return tidy
}
