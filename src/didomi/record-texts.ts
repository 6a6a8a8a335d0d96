import { closingQuote } from '../domain/exact-json.ts'

/** A record of a body, as its text. */
export type RecordText = {
  readonly text: string
  /** Something in it nested deeper than that, and has become a null. */
  readonly isTooDeep: boolean
  /** It holds too many brackets, colons and commas to be parsed. */
  readonly isTooLarge: boolean
}

type RecordTexts = { readonly isList: boolean; readonly records: readonly RecordText[] }

type Bounds = { readonly levels: number; readonly marks: number; readonly records: number }

const [QUOTE, COMMA, COLON] = [0x22, 0x2c, 0x3a]
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/**
 * The texts of the records of a body: the elements of its list, or the body itself. Undefined when a list does not end
 * where the body does; of too many records one too many. One look at each character, before anything is made of the text: JSON of many brackets alone
 * takes a parser a hundred times as long. Whether a text is JSON is for its parser to say.
 */
export function recordTexts(body: string, most: Bounds): RecordTexts | undefined {
  const start = afterSpace(body, 0)
  const isList = body.charCodeAt(start) === OPEN_LIST
  const records: RecordText[] = []
  let from = isList ? start + 1 : start
  for (;;) {
    const { end, ...record } = elementAt(body, from, most)
    const isEmpty = end === afterSpace(body, from)
    if (!isList) return end === body.length ? { isList, records: [record] } : undefined
    const close = body.charCodeAt(end)
    if (close === CLOSE_LIST && isEmpty && records.length === 0) return endingAt(body, end, { isList, records })
    records.push(record)
    if (records.length > most.records) return { isList, records }
    if (close !== COMMA) return endingAt(body, end, { isList, records })
    from = end + 1
  }
}

/** A list that nothing follows. */
const endingAt = (body: string, end: number, texts: RecordTexts): RecordTexts | undefined =>
  body.charCodeAt(end) === CLOSE_LIST && afterSpace(body, end + 1) === body.length ? texts : undefined

function afterSpace(text: string, from: number): number {
  let at = from
  while (at < text.length && isSpace(text.charCodeAt(at))) at += 1
  return at
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

const isOpening = (code: number): boolean => code === OPEN_LIST || code === OPEN_OBJECT

const isClosing = (code: number): boolean => code === CLOSE_LIST || code === CLOSE_OBJECT

const isMark = (code: number): boolean => code === COMMA || code === COLON || isOpening(code) || isClosing(code)

/** The element that begins there: up to a comma or a bracket that is not its own, or the end of the text. */
function elementAt(
  text: string,
  from: number,
  { levels, marks: mostMarks }: Bounds,
): RecordText & { readonly end: number } {
  const parts: string[] = []
  let [depth, marks, kept, at] = [0, 0, from, from]
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = closingQuote(text, at)
    if (!isMark(code)) continue
    if (depth === 0 && (code === COMMA || isClosing(code))) break
    if (isOpening(code)) {
      depth += 1
      if (depth === levels + 1) parts.push(text.slice(kept, at), 'null')
    } else if (isClosing(code)) {
      if (depth === levels + 1) kept = at + 1
      depth -= 1
    }
    if (depth <= levels) marks += 1
  }
  const end = Math.min(at, text.length)
  const last = depth > levels ? '' : text.slice(kept, end)
  return { text: parts.join('') + last, isTooDeep: parts.length > 0, isTooLarge: marks > mostMarks, end }
}
