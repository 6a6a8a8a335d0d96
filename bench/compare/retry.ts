import { setTimeout as pause } from 'node:timers/promises'
import { scaled } from './scale.ts'

const TRIES = 8
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 30_000

/** The answer is none: try the same again. */
export const AGAIN = Symbol('again')

/**
 * Tries, waits 1 s, 2 s, 4 s and so on (scaled), and gives up after eight tries: the exponential backoff that guides to
 * Mailchimp's errors advise for 429 and 5xx. The official client and plain HTTP clients retry nothing by themselves.
 */
export async function retried<T>(attempt: () => Promise<T | typeof AGAIN>): Promise<T | undefined> {
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await pause(scaled(Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS)))
    const answer = await attempt()
    if (answer !== AGAIN) return answer
  }
  return undefined
}

/** 429 and 5xx pass; a broken connection has no status. */
export const mayPass = (status: number | undefined): boolean => status === undefined || status === 429 || status >= 500
