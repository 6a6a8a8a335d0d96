import { randomBytes } from 'node:crypto'

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_LETTERS = 10
const TURN_LETTERS = 4
const RANDOM_LETTERS = 12

export type NewId = (prefix: string) => string

/**
 * Ids that sort in the order in which one process made them: `int_` + 10 letters of milliseconds + 4 that count
 * within the millisecond + 12 of chance (60 bits).
 */
export function createIds(now: () => number): NewId {
  let last = 0
  let turn = 0
  return prefix => {
    const time = now()
    turn = time === last ? turn + 1 : 0
    last = time
    const chance = [...randomBytes(RANDOM_LETTERS)].map(byte => LETTERS[byte % 32]).join('')
    return `${prefix}_${digits(time, TIME_LETTERS)}${digits(turn, TURN_LETTERS)}${chance}`
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
