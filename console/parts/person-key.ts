/** A person in an address of the console. Not the plain id: the address bar is on a shared screen too. */
export function toPersonKey(person: string): string {
  const bytes = new TextEncoder().encode(person)
  const text = btoa(String.fromCodePoint(...bytes))
  return text
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '')
}

/** The person that a key names, or undefined when it is not one of ours. */
export function fromPersonKey(key: string): string | undefined {
  try {
    const text = atob(key.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = Uint8Array.from(text, character => character.codePointAt(0) ?? 0)
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
