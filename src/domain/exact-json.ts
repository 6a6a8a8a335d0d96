/**
 * JSON in which no number is rounded and none loses its spelling (R5a): one that JavaScript would write otherwise than
 * it stands in the text becomes the text of its digits. 42 stays a number; 12345678901234567890, 1.0, 1e3 and -0 become
 * strings. Of two equal keys the last counts. Throws a SyntaxError for what is no JSON.
 */
export function parseExact(text: string): unknown {
  const value: unknown = JSON.parse(text)
  return MAY_LOSE.test(text) ? JSON.parse(text.replace(TOKEN, keepDigits)) : value
}

// Up to 15 digits in their shortest spelling are safe, and most bodies have no others. What looks like one in a string
// costs only the second look. One pass: no part of it can match what another gave back.
const MAY_LOSE = /(?:^|[[:,])\s*(?:-0|-?\d{16}|-?\d+[.eE])[\d.eE+-]*\s*(?:[\]},]|$)/

// Strings come first, so that what is in them counts for nothing. The text is known to be JSON.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs

const keepDigits = (token: string): string =>
  token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`
