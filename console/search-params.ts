/** What stands behind the `?` of an address of the console: written by people too, so read with care. */
export type RawSearch = Readonly<Record<string, unknown>>

/** A parameter that is some text; numbers too, for the router reads `?id=7` as one. */
export const textIn = (search: RawSearch, name: string): string | undefined => {
  const value = search[name]
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** A parameter that is one of a few words. */
export const oneOf = <T extends string | number>(value: unknown, known: readonly T[]): T | undefined =>
  known.find(each => each === value)

/** Where to go after signing in: an address of the console itself, never of another host. */
export const safeNext = (next: unknown): string | undefined =>
  typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : undefined

/** Without what is undefined, so that it does not stand in the address. */
export const given = <T extends object>(search: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
