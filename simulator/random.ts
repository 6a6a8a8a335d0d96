export type Random = () => number

/** The same seed gives the same numbers in [0, 1) (mulberry32), so a scripted failure repeats exactly. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** `length` hexadecimal digits; enough for Mailchimp's short ids, not for secrets. */
export function randomHex(random: Random, length: number): string {
  let hex = ''
  while (hex.length < length) hex += Math.floor(random() * 0x10000000).toString(16)
  return hex.slice(0, length)
}
