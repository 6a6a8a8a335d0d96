import { parseExact } from '../domain/exact-json.ts'
import { recordTexts } from './record-texts.ts'
import { type Fault } from './shape.ts'
import { readWebhook, type Reading } from './webhook.ts'

/** A body as it was kept at that time. */
type Body = { readonly raw: Uint8Array; readonly receivedAt: number }

/** A body with what was set apart of it. Another reader may have judged it, so it is not what a reading says today. */
type BodyWithFaults = Body & { readonly faults: readonly Fault[] }

type Removed = {
  readonly reading: Reading
  /** All of the record was set apart, so that it is counted in the quarantine. */
  readonly setApart: boolean
}

export type Cut = {
  /** What is left, without a byte when nothing is. */
  readonly raw: Uint8Array
  /** What was set apart of the records that are left, by their new places. */
  readonly faults: readonly Fault[]
  readonly removed: readonly Removed[]
}

export type BodyRecord = {
  readonly reading: Reading
  /** As JSON has it; the text itself when it is not JSON. */
  readonly value: unknown
}

/**
 * The body without the records that go; undefined when none does. The others keep every byte, and what was set apart
 * of them stays set apart, at their new places. A body that cannot be taken apart is one record.
 */
export function withoutRecords(body: BodyWithFaults, goes: (record: BodyRecord) => boolean): Cut | undefined {
  const { texts, records, isList } = recordsIn(body)
  const gone = records.map(goes)
  if (!gone.includes(true)) return undefined
  const left = [...gone.keys()].filter(place => !gone[place])
  const text = left.map(place => texts[place]).join(',')
  const moved = new Map(left.map((place, next) => [place, next]))
  const setApart = new Set(body.faults.filter(({ partial }) => !partial).map(fault => placeOf(fault, records.length)))
  const raw = left.length === 0 ? new Uint8Array() : Buffer.from(isList ? `[${text}]` : text)
  return {
    raw,
    faults: left.length === 0 ? [] : body.faults.flatMap(fault => movedTo(fault, { moved, records: records.length })),
    removed: [...records.entries()].flatMap(([place, { reading }]) =>
      gone[place] ? [{ reading, setApart: setApart.has(place) }] : [],
    ),
  }
}

const IN_LIST = /^\[(\d+)\]/

/** The record that a fault is about: in a list a path begins with its place. -1 when the fault does not say. */
export function placeOf({ path }: Fault, records: number): number {
  const place = IN_LIST.exec(path)?.[1]
  if (place !== undefined) return Number(place)
  return records === 1 ? 0 : -1
}

/** The fault by the new place of its record; none when the record went. One that names no record stays as it is. */
function movedTo(
  fault: Fault,
  { moved, records }: { readonly moved: ReadonlyMap<number, number>; readonly records: number },
) {
  const place = placeOf(fault, records)
  if (place < 0) return [fault]
  const next = moved.get(place)
  return next === undefined ? [] : [{ ...fault, path: fault.path.replace(IN_LIST, `[${next}]`) }]
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
    const texts = recordTexts(text, UNBOUNDED)?.records.map(record => record.text) ?? []
    return { texts, records, isList: true }
  }
  return { texts: [text], records: readings.slice(0, 1).map(reading => ({ reading, value })), isList: false }
}

function parsed(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    return text
  }
}

const UNBOUNDED = { levels: Infinity, marks: Infinity, records: Infinity }
