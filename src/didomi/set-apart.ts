import { placeOf } from './records.ts'
import { type Fault } from './shape.ts'
import { type Reading } from './webhook.ts'

/** A record that was set apart in part when it came in, as it is read now. */
export type SetApart = {
  readonly reading: Reading
  /** The rest of it was read then, so that it is counted as a fact. */
  readonly partly: boolean
}

type Again = {
  readonly records: readonly SetApart[]
  /** How many records these were counted as in the quarantine. */
  readonly counted: number
  /** Faults that no record of the body can be found for. */
  readonly unplaced: readonly Fault[]
}

/**
 * Of a body as it is read now, the records that these faults are about. The other records of the body are facts or
 * ignored, and stay so. A body that could not be taken apart was counted as one record.
 */
export function setApartIn(readings: readonly Reading[], faults: readonly Fault[]): Again {
  if (faults.some(({ path }) => path === ''))
    return { records: readings.map(reading => ({ reading, partly: false })), counted: 1, unplaced: [] }
  const found = faults.map(fault => ({ fault, reading: readings[placeOf(fault, readings.length)] }))
  const records = found.flatMap(({ fault, reading }) =>
    reading ? [{ reading, partly: fault.partial === true || isWithheldIn(reading, fault) }] : [],
  )
  return {
    records,
    counted: records.filter(({ partly }) => !partly).length,
    unplaced: found.flatMap(({ fault, reading }) => (reading ? [] : [fault])),
  }
}

// A body that is older than `partial` does not have it, and in a list its faults of time name no record.
const isWithheldIn = (reading: Reading, { path, why }: Fault): boolean =>
  reading.kind === 'fact' && reading.withheld.some(fault => fault.why === why && fault.path.endsWith(path))
