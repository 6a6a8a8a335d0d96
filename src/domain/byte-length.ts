/** How many bytes a text has in UTF-8. Half a surrogate pair has three, as what is written in its place. */
export function byteLength(text: string): number {
  let bytes = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  }
  return bytes
}

/** Whether a text has at most `most` bytes. A long one is not looked through: no character has less than one. */
export const isWithin = (text: string, most: number): boolean => text.length <= most && byteLength(text) <= most
