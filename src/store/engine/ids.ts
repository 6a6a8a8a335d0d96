import { randomFillSync } from 'node:crypto'

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_LETTERS = 10
const TURN_LETTERS = 4
const RANDOM_LETTERS = 12
const POOL_BYTES = 1_000 * RANDOM_LETTERS

export type NewId = (prefix: string) => string

const TURNS = 32 ** TURN_LETTERS

/**
 * Ids that sort in the order in which they were made, on any clock, and after those of the time `after`:
 * `int_` + 10 letters of milliseconds + 4 that count within the millisecond + 12 of chance (60 bits).
 */
export function createIds(clock: () => number, after = -1): NewId {
  let last = after
  let turn = TURNS - 1
  const chance = createChance()
  return prefix => {
    const time = Math.max(clock(), turn + 1 === TURNS ? last + 1 : last)
    turn = time === last ? turn + 1 : 0
    last = time
    return `${prefix}_${digits(time, TIME_LETTERS)}${digits(turn, TURN_LETTERS)}${chance()}`
  }
}

/** When an id was made, in ms: the time of the process that made it. */
export function timeOf(id: string): number {
  const letters = id.slice(id.indexOf('_') + 1).slice(0, TIME_LETTERS)
  return [...letters].reduce((time, letter) => time * 32 + LETTERS.indexOf(letter), 0)
}

/** No id of that time or later sorts before this. */
export const idsFrom = (prefix: string, time: number): string => `${prefix}_${digits(Math.max(0, time), TIME_LETTERS)}`

/** Draws from a pool, since asking the system for a dozen bytes costs as much as for thousands. */
function createChance(): () => string {
  const pool = new Uint8Array(POOL_BYTES)
  let used = POOL_BYTES
  return () => {
    if (used + RANDOM_LETTERS > POOL_BYTES) {
      randomFillSync(pool)
      used = 0
    }
    let text = ''
    for (const end = used + RANDOM_LETTERS; used < end; used++) text += LETTERS[(pool[used] ?? 0) % 32]
    return text
  }
}

function digits(value: number, length: number): string {
  let rest = value
  let text = ''
  for (let n = 0; n < length; n++) {
    text = LETTERS[rest % 32] + text
    rest = Math.floor(rest / 32)
  }
  return text
}
