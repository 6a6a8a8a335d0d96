import { closingQuote } from '../../domain/exact-json.ts'
import { inFigures, LIMITS } from '../../domain/limits.ts'
import { Problem } from '../../domain/problem.ts'

/**
 * Refuses a JSON text that is nested deeper, or holds more values, than any request needs. Looked at before the text is
 * parsed: what validates it afterwards takes time for each value, and what writes it again a stack as deep.
 */
export function assertBounded(text: string, { mostValues }: { readonly mostValues: number }): void {
  const { depth, values } = outlineOf(text)
  if (depth > LIMITS.bodyDepth)
    throw refusal('too_deep', `The body is nested more than ${LIMITS.bodyDepth} deep.`, 'Nest it less.')
  if (values > mostValues)
    throw refusal('too_many_values', `The body holds more than ${inFigures(mostValues)} values.`, 'Send less at once.')
}

const refusal = (code: string, detail: string, remedy: string): Problem =>
  new Problem('invalid_request', 'the body is beyond its bounds', [{ path: '', code, detail, remedy }])

const [QUOTE, COMMA] = [0x22, 0x2c]
const [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d]

/** How deep a JSON text is nested, and how many values it holds at most. Of a text that is no JSON it may say anything. */
function outlineOf(text: string): { readonly depth: number; readonly values: number } {
  let [level, depth, values] = [0, 0, 1]
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit === QUOTE) at = closingQuote(text, at)
    else if (unit === COMMA) values++
    else if (unit === OPEN_LIST || unit === OPEN_OBJECT) {
      values++
      depth = Math.max(depth, ++level)
    } else if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) level--
  }
  return { depth, values }
}
