import { parseExact } from '../domain/exact-json.ts'
import { inFigures, LIMITS } from '../domain/limits.ts'
import { SEPARATOR } from './flattened.ts'
import { recordTexts, type RecordText } from './record-texts.ts'
import { type Steps } from './steps.ts'

/** `isTooDeep`: something in it nested too deep, and is a null now. Of one that is too large there is no value. */
export type ParsedRecord = Pick<RecordText, 'isTooDeep' | 'isTooLarge'> & {
  readonly value: unknown
  readonly bytes: number
}

type ParsedBody =
  | { readonly records: readonly ParsedRecord[]; readonly isList: boolean; readonly isFlat: boolean }
  | { readonly why: string }

/** The records in the bytes of a body, or why there are none. A step for each of them, which says its size. */
export function* parsedSteps(raw: Uint8Array): Steps<ParsedBody> {
  const text = textOf(raw)
  const texts = text === undefined ? undefined : recordTexts(text, BOUNDS)
  yield raw.byteLength
  if (text === undefined || texts === undefined) return { why: NOT_JSON }
  if (texts.records.length > LIMITS.records) return { why: `holds more than ${inFigures(LIMITS.records)} records` }
  const records: ParsedRecord[] = []
  for (const record of texts.records) {
    const parsed = parse(record)
    if (!parsed) return { why: NOT_JSON }
    records.push(parsed)
    yield parsed.bytes
  }
  return { records, isList: texts.isList, isFlat: mayBeFlattened(text) }
}

const BOUNDS = { levels: LIMITS.depth, marks: LIMITS.marks, records: LIMITS.records }

const NOT_JSON = 'the body is not JSON in UTF-8'

function textOf(raw: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(raw)
  } catch {
    return undefined
  }
}

function parse({ text, isTooDeep, isTooLarge }: RecordText): ParsedRecord | undefined {
  try {
    return { value: isTooLarge ? undefined : parseExact(text), isTooDeep, isTooLarge, bytes: text.length }
  } catch {
    return undefined
  }
}

/** Most bodies are plain, and a look at their text is far cheaper than a walk through them. */
const mayBeFlattened = (text: string): boolean => text.includes(SEPARATOR) || text.includes('\\u00')
