import { type Param } from './database.ts'
import { nameOf, StoreError } from './errors.ts'

/**
 * Refuses, alike on both databases, what one of them would store as something else: PostgreSQL has no NUL in text
 * and SQLite's bindings may cut the text there; SQLite turns NaN into null; an integer past 2^53 is already wrong.
 */
export function assertParams(text: string, params: readonly Param[]): void {
  for (const [index, param] of params.entries()) {
    const reason = refusal(param)
    if (reason) throw new StoreError(`${nameOf(text)}: $${index + 1} is ${reason}`)
  }
}

function refusal(param: Param): string | undefined {
  if (typeof param === 'string') return refusalOfText(param)
  if (typeof param !== 'number') return undefined
  if (!Number.isFinite(param)) return 'not a finite number'
  return Number.isInteger(param) && !Number.isSafeInteger(param) ? 'an integer beyond 2^53' : undefined
}

// Rows travel as JSON (`jsonRows`), where a NUL or half a surrogate pair is written as an escape.
const ESCAPED = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/

function refusalOfText(text: string): string | undefined {
  if (text.includes('\0')) return 'text with a NUL'
  const mayHoldRows = text.startsWith('[') && text.includes('\\u')
  return mayHoldRows && ESCAPED.test(text) ? 'text with a NUL or half a surrogate pair' : undefined
}
