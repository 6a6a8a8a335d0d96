/**
 * JSON in which no number is rounded and none loses its spelling (R5a): one that JavaScript would write otherwise than
 * it stands in the text becomes the text of its digits. 42 stays a number; 12345678901234567890, 1.0, 1e3 and -0 become
 * strings. Of two equal keys the last counts. Throws a SyntaxError for what is no JSON.
 */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return MAY_LOSE.test(text) ? JSON.parse(withDigits(text)) : value
}

// Up to 15 digits in their shortest spelling are safe, and most bodies have no others. What looks like one in a string
// costs only the second look. One pass: no part of it can match what another gave back.
const MAY_LOSE = /(?:^|[[:,])\s*(?:-0|-?\d{16}|-?\d+[.eE])[\d.eE+-]*\s*(?:[\]},]|$)/

const [QUOTE, BACKSLASH, MINUS, PLUS, POINT] = [0x22, 0x5c, 0x2d, 0x2b, 0x2e]
const [ZERO, NINE, SMALL_E, LARGE_E] = [0x30, 0x39, 0x65, 0x45]

/** The text is known to be JSON. */
function withDigits(text: string): string {
  // The text before, between and behind the numbers that lose something, and these: quotes go between all of them.
  const parts: string[] = []
  let kept = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = closingQuote(text, at)
    if (code !== MINUS && !isDigit(code)) continue
    const end = numberEnd(text, at)
    const token = text.slice(at, end)
    if (String(Number(token)) !== token) {
      parts.push(text.slice(kept, at), token)
      kept = end
    }
    at = end - 1
  }
  return [...parts, text.slice(kept)].join('"')
}

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE

function numberEnd(text: string, start: number): number {
  let end = start + 1
  while (end < text.length && isInNumber(text.charCodeAt(end))) end += 1
  return end
}

const isInNumber = (code: number): boolean =>
  isDigit(code) || code === POINT || code === MINUS || code === PLUS || code === SMALL_E || code === LARGE_E

/** Where the text of JSON ends that begins there; one that does not end, ends with all. */
export function closingQuote(text: string, open: number): number {
  let at = open + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}
