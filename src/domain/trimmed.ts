const UNSEEN = /^[\s\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]$/u

/**
 * Without the space and the invisible code points around it, which come along when a text is pasted. One look at each
 * of those: a pattern that ends in `+$` takes the square of a long text's length.
 */
export function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && UNSEEN.test(characterAt(text, from))) from += characterAt(text, from).length
  while (from < to && UNSEEN.test(characterBefore(text, to))) to -= characterBefore(text, to).length
  return text.slice(from, to)
}

const characterAt = (text: string, index: number): string => String.fromCodePoint(text.codePointAt(index) ?? 0)

/** A pair of surrogates is one character. */
function characterBefore(text: string, end: number): string {
  const pair = text.slice(Math.max(0, end - 2), end)
  return (pair.codePointAt(0) ?? 0) > 0xffff ? pair : pair.slice(-1)
}
