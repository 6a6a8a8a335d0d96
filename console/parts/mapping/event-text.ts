type ReadEvent = { readonly person: string; readonly events: readonly unknown[] } | { readonly fault: string }

/** Reads the JSON of one webhook record, or of a list of them, and finds whom it is about. */
export function readEventText(text: string): ReadEvent {
  const json = parsed(text)
  if (json === undefined) return { fault: 'This is not JSON.' }
  const events = Array.isArray(json) ? json : [json]
  const person = findPerson(events)
  return person === undefined ? { fault: 'It names no organization_user_id.' } : { person, events }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The first `organization_user_id`, at whatever depth: `__` stands between the steps of a flattened record. */
function findPerson(json: unknown): string | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  for (const [key, value] of Object.entries(json)) {
    if (typeof value === 'string' && value !== '' && /(^|__)organization_user_id$/.test(key)) return value
    const inner = findPerson(value)
    if (inner !== undefined) return inner
  }
  return undefined
}
