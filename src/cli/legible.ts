// What could move the cursor, start a sequence of the terminal, or turn the direction of the text.
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The text with every character that a terminal would act on written out, but for the ends of lines. */
export const legible = (text: string): string =>
  text.replace(UNSAFE, character => (character === '\n' ? '\n' : escaped(character)))

/** The same, in one line. */
export const legibleLine = (text: string): string => text.replace(UNSAFE, escaped)
