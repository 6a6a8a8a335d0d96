/** A local part has at most 64 characters, and only so many are looked at: a longer run must not freeze the page. */
const ADDRESS = /(?<![^\s"<>@,;:()[\]{}\\/=])([^\s"<>@,;:()[\]{}\\/=]{1,64})(@|%40)(?=[^\s"'<>@,;()[\]{}\\])/g
const PHONE = /^\+?[\d\s().-]{7,}$/

/** A person's id as it may stand on a shared screen: an address keeps its first letter and its domain. */
export function masked(person: string): string {
  if (person.includes('@')) return maskedText(person)
  return PHONE.test(person) ? `${person.slice(0, 3)}•••${person.slice(-2)}` : person
}

/** Any text, with each address in it masked. */
export const maskedText = (text: string): string =>
  text.replace(ADDRESS, (_address, local: string, at: string) => `${[...local][0] ?? ''}•••${at}`)

export const isMasked = (person: string): boolean => masked(person) !== person
