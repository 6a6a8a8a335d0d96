import { describe, expect, test } from 'vitest'
import {
  begin,
  end,
  haunted,
  MOST_CONNECTIONS,
  newGovernor,
  nextRoomAt,
  room,
  type End,
  type Governor,
} from './governor.ts'
import { MINUTE, SECOND } from './instant.ts'

const START = Date.UTC(2024, 4, 2, 9, 30)
const ANSWER: End = { startedAt: START, now: START + SECOND, throttled: false, mayStillRun: false }

const begun = (governor: Governor, count: number): Governor =>
  Array.from({ length: count }).reduce<Governor>(begin, governor)
const answered = (governor: Governor, over: Partial<End> = {}): Governor => end(governor, { ...ANSWER, ...over })

describe('R24: how many requests may be in flight', () => {
  test('as many as are configured, each answer making room again', () => {
    const full = begun(newGovernor(8), 8)
    expect(room(newGovernor(8), START)).toBe(8)
    expect(room(full, START)).toBe(0)
    expect(room(answered(full), START)).toBe(1)
  })

  test('never more than Mailchimp’s 10, whatever is configured', () => {
    expect(MOST_CONNECTIONS).toBe(10)
    expect(room(newGovernor(500), START)).toBe(10)
    expect(newGovernor(11).most).toBe(10)
    expect(newGovernor(3).most).toBe(3)
  })
})

describe('R24: a request that may still run at Mailchimp', () => {
  const now = START + 30 * SECOND
  const cut = (most: number, count: number) =>
    Array.from({ length: count }).reduce<Governor>(
      governor => answered(begin(governor), { now, mayStillRun: true }),
      newGovernor(most),
    )

  test.each([
    [8, 0, 8],
    [8, 2, 8],
    [8, 3, 7],
    [8, 7, 3],
    [8, 8, 2],
    [8, 40, 2],
    [10, 1, 9],
    [10, 9, 2],
    [4, 6, 4],
    [4, 7, 3],
    [4, 9, 2],
    [1, 20, 1],
  ])('of %i connections, %i of them leave %i', (most, count, left) => {
    expect(room(cut(most, count), now)).toBe(left)
  })

  test('counts for 120 s', () => {
    const haunted = cut(10, 3)
    expect(room(haunted, now + 120 * SECOND - 1)).toBe(7)
    expect(room(haunted, now + 120 * SECOND)).toBe(10)
  })

  test('counts, too, when a process that ended left it', () => {
    expect(room(haunted(newGovernor(8), [now + 1, now + 1, now + 1]), now)).toBe(7)
  })

  test('takes no room from what is in flight already', () => {
    expect(room(begun(cut(8, 8), 2), now)).toBe(0)
    expect(room(begun(cut(8, 8), 5), now)).toBe(0)
  })

  test('says when its slot is free, so that somebody looks again', () => {
    const first = cut(8, 1)
    expect(nextRoomAt(first, now)).toBe(now + 120 * SECOND)
    expect(nextRoomAt(answered(begin(first), { now: now + MINUTE, mayStillRun: true }), now)).toBe(now + 120 * SECOND)
    expect(nextRoomAt(first, now + 120 * SECOND)).toBeUndefined()
    expect(nextRoomAt(newGovernor(8), now)).toBeUndefined()
  })

  test('is forgotten afterwards', () => {
    const later = answered(begin(cut(8, 1)), { now: now + 3 * MINUTE })
    expect(later.ghosts).toEqual([])
    expect(nextRoomAt(later, now + 3 * MINUTE)).toBeUndefined()
  })
})

describe('R24: a throttled answer', () => {
  const throttled = (governor: Governor, over: Partial<End> = {}) => answered(governor, { throttled: true, ...over })

  test('halves the connections', () => {
    expect(throttled(begun(newGovernor(8), 8)).limit).toBe(4)
    expect(throttled(begun(newGovernor(5), 1)).limit).toBe(2)
  })

  test('once for all requests that were under way together', () => {
    const storm = Array.from({ length: 8 }, (_, index) => START + (index + 1) * SECOND)
    const after = storm.reduce((governor, now) => throttled(governor, { now }), begun(newGovernor(8), 8))
    expect(after.limit).toBe(4)
    expect(after.inFlight).toBe(0)
  })

  test('halves again when it answers a request that began after the last halving', () => {
    const once = throttled(begun(newGovernor(8), 2), { now: START + SECOND })
    const twice = throttled(once, { startedAt: START + 2 * SECOND, now: START + 3 * SECOND })
    expect(twice.limit).toBe(2)
  })

  test('leaves one connection in the end, so that the end of the storm is noticed', () => {
    let governor = newGovernor(8)
    for (let round = 0; round < 10; round++) {
      const startedAt = START + round * MINUTE
      governor = throttled(begin(governor), { startedAt, now: startedAt + SECOND })
    }
    expect(governor.limit).toBe(1)
    expect(room(governor, START + 10 * MINUTE)).toBe(1)
  })
})

describe('R24: quiet', () => {
  const narrow = end(begin(newGovernor(8)), { ...ANSWER, now: START, throttled: true })
  const quietly = (governor: Governor, now: number) => end(begin(governor), { ...ANSWER, startedAt: now, now })

  test('grows it back, one connection for each minute', () => {
    expect(quietly(narrow, START + MINUTE - 1).limit).toBe(4)
    expect(quietly(narrow, START + MINUTE).limit).toBe(5)
    const again = quietly(quietly(narrow, START + MINUTE), START + 2 * MINUTE - 1)
    expect(again.limit).toBe(5)
    expect(quietly(again, START + 2 * MINUTE).limit).toBe(6)
  })

  test('up to what is configured', () => {
    let governor = narrow
    for (let count = 1; count <= 60; count++) governor = quietly(governor, START + count * MINUTE)
    expect(governor.limit).toBe(8)
  })
})
