import { randomBytes } from 'node:crypto'

const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz'
const TIME_LETTERS = 10
const RANDOM_LETTERS = 16

export type NewId = (prefix: string) => string

/** Ids that sort by the time they were made: `int_` + 10 letters of milliseconds + 16 of chance (80 bits). */
export const createIds =
  (now: () => number): NewId =>
  prefix => {
    let time = now()
    let letters = ''
    for (let n = 0; n < TIME_LETTERS; n++) {
      letters = LETTERS[time % 32] + letters
      time = Math.floor(time / 32)
    }
    const chance = [...randomBytes(RANDOM_LETTERS)].map(byte => LETTERS[byte % 32]).join('')
    return `${prefix}_${letters}${chance}`
  }
