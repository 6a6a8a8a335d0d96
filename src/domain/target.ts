/**
 * What a mapping fills at a contact. Its key says its kind before the colon, and its name after it: `merge:NEWS` is the
 * merge field NEWS. Plan, isolation, window and what was delivered treat the key as opaque; only the mapping makes
 * keys, and only `mailchimp/` knows how one becomes part of a body.
 */
export const mergeField = (tag: string): string => `merge:${tag}`

/** What people call a target: for a merge field, its tag. */
export const nameOf = (key: string): string => key.slice(key.indexOf(':') + 1)

/** The same values, by what people call their targets. */
export const byName = <Value>(byKey: Readonly<Record<string, Value>>): Record<string, Value> =>
  Object.fromEntries(Object.entries(byKey).map(([key, value]) => [nameOf(key), value]))
