import { faultIn, readWebhook, type Fault, type Reading } from './webhook.ts'

/** A body as it was kept at that time. */
export type Body = { readonly raw: Uint8Array; readonly receivedAt: number }

export type Cut = {
  /** What is left, without a byte when nothing is. */
  readonly raw: Uint8Array
  readonly faults: readonly Fault[]
  readonly removed: readonly Reading[]
}

export type BodyRecord = {
  readonly reading: Reading
  /** As JSON has it; the text itself when it is not JSON. */
  readonly value: unknown
}

/**
 * The body without the records that go; undefined when none does. The others keep every byte, and so say the same as
 * before; their faults name them by their new places. A body that cannot be taken apart is one record.
 */
export function withoutRecords(body: Body, goes: (record: BodyRecord) => boolean): Cut | undefined {
  const { texts, records, isList } = recordsIn(body)
  const gone = records.map(goes)
  if (!gone.includes(true)) return undefined
  const left = [...gone.keys()].filter(place => !gone[place])
  const text = left.map(place => texts[place]).join(',')
  const raw = left.length === 0 ? new Uint8Array() : Buffer.from(isList ? `[${text}]` : text)
  return {
    raw,
    faults: left.length === 0 ? [] : readWebhook(raw, body.receivedAt).flatMap(faultIn),
    removed: records.filter((_, place) => gone[place]).map(({ reading }) => reading),
  }
}

type Records = {
  readonly texts: readonly string[]
  readonly records: readonly BodyRecord[]
  readonly isList: boolean
}

function recordsIn({ raw, receivedAt }: Body): Records {
  const readings = readWebhook(raw, receivedAt)
  // Without the byte order mark that a reader skips, and with something legible for what is no UTF-8.
  const text = new TextDecoder().decode(raw)
  const value = parsed(text)
  if (Array.isArray(value) && value.length === readings.length) {
    const records = readings.map((reading, place) => ({ reading, value: value[place] as unknown }))
    return { texts: elementsOf(text), records, isList: true }
  }
  return { texts: [text], records: readings.slice(0, 1).map(reading => ({ reading, value })), isList: false }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

// Strings come first, so that what is in them counts for nothing.
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},]/gs

/** The texts of the elements of a JSON array that has some. */
function elementsOf(array: string): string[] {
  const elements: string[] = []
  let depth = 0
  let from = array.indexOf('[') + 1
  for (const { 0: token, index } of array.matchAll(TOKEN)) {
    if (token === '[' || token === '{') depth++
    if (token === ']' || token === '}') depth--
    if ((token === ',' && depth === 1) || depth === 0) {
      elements.push(array.slice(from, index))
      from = index + 1
    }
  }
  return elements
}
