import { describe, expect, test } from 'vitest'
import {
  closed,
  isSuspicious,
  isTripped,
  isTrouble,
  newBreaker,
  noted,
  onTrial,
  pinged,
  type Answered,
  type Breaker,
} from './breaker.ts'
import { MINUTE, SECOND } from './instant.ts'
import { type Outcome, type Retry, type RetryCause } from './outcome.ts'

const failed = (cause: RetryCause = 'server_error'): Retry => ({
  kind: 'retry',
  cause,
  detail: '',
  ambiguous: false,
  throttled: false,
  waitMs: undefined,
})
const throttled: Outcome = { ...failed('throttled'), throttled: true }
const fine: Outcome = { kind: 'delivered', accepted: {}, dropped: [] }

const LATENCY = 300

/** A request that left at this second, and its answer a moment later. */
const asked = (contact: string, outcome: Outcome, second: number, latency = LATENCY): Answered => ({
  contact,
  outcome,
  sentAt: second * SECOND,
  finishedAt: second * SECOND + latency,
})

const after = (before: Breaker, ...answers: readonly Answered[]): Breaker => answers.reduce(noted, before)

/** These contacts, one a second, from this second on. */
const each = (outcome: Outcome, contacts: readonly string[], from = 0): Answered[] =>
  contacts.map((contact, index) => asked(contact, outcome, from + index))

const people = (count: number, name = 'p'): string[] => Array.from({ length: count }, (_, index) => `${name}${index}`)
const NOW = MINUTE
const tripped = (breaker: Breaker, now = NOW): boolean => isTripped(breaker, now)

describe('R26: the breaker counts different contacts', () => {
  test('three that failed are enough, two are not', () => {
    expect(tripped(after(newBreaker(), ...each(failed(), people(2))))).toBe(false)
    expect(tripped(after(newBreaker(), ...each(failed(), people(3))))).toBe(true)
  })

  test('each once from its failure to its next success', () => {
    const twice = [...each(failed(), people(2)), ...each(failed(), people(2), 10), ...each(failed(), people(2), 20)]
    expect(tripped(after(newBreaker(), ...twice))).toBe(false)
    const again = after(newBreaker(), ...twice, asked('p0', fine, 30), asked('p0', failed(), 32))
    expect(again.counted.filter(({ failed: isFailed }) => isFailed).map(({ contact }) => contact)).toEqual(['p0'])
  })

  test('R24: a throttled one from the second time in a row on, since the first narrows the connections', () => {
    const once = after(newBreaker(), ...each(throttled, people(9)))
    expect(tripped(once)).toBe(false)
    expect(tripped(after(once, ...each(throttled, people(2), 20)))).toBe(false)
    expect(tripped(after(once, ...each(throttled, people(3), 20)))).toBe(true)
    const between = after(once, ...each(fine, people(9), 20), ...each(throttled, people(9), 40))
    expect(tripped(between)).toBe(false)
  })

  test('half of those of the last five minutes, and of the last twenty', () => {
    const healthy = people(6, 'h')
    const half = after(newBreaker(), ...each(fine, healthy), ...each(failed(), people(6), 10))
    expect(tripped(half)).toBe(true)
    expect(tripped(after(newBreaker(), ...each(fine, healthy), ...each(failed(), people(5), 10)))).toBe(false)
    const many = [...each(fine, people(40, 'h')), ...each(failed(), people(9), 50)]
    expect(tripped(after(newBreaker(), ...many))).toBe(false)
    expect(tripped(after(newBreaker(), ...many, asked('p9', failed(), 59.5)))).toBe(true)
  })

  test('what is older than five minutes counts no more', () => {
    const breaker = after(newBreaker(), ...each(failed(), people(3)))
    expect(tripped(breaker, 5 * MINUTE)).toBe(true)
    expect(tripped(breaker, 6 * MINUTE)).toBe(false)
    const spread = people(9).map((contact, index) => asked(contact, failed(), index * 200))
    expect(tripped(after(newBreaker(), ...spread), 27 * MINUTE)).toBe(false)
  })
})

describe('I21: a contact that fails while others succeed is no trouble of all', () => {
  const poison = people(9, 'bad')

  test.each([
    ['others before and after', [...each(fine, people(3)), ...each(failed(), poison, 5), asked('p9', fine, 20)]],
    ['another asked in the same moment', [...poison.map(who => asked(who, failed(), 1)), asked('p0', fine, 1)]],
    ['another answered first', [asked('p0', fine, 1), ...poison.map(who => asked(who, failed(), 1))]],
    [
      'another answered while they ran into the time limit',
      [asked('p0', fine, 10), ...poison.map(who => asked(who, failed('timed_out'), 1, 30 * SECOND))],
    ],
    ['a slow one that was asked before them', [...each(failed(), poison, 5), asked('p0', fine, 1, 29 * SECOND)]],
    ['one after the other', poison.flatMap((who, index) => [asked(who, failed(), index), asked('p0', fine, index)])],
  ])('%s', (_, answers) => {
    const breaker = after(newBreaker(), ...answers)
    expect(tripped(breaker)).toBe(false)
    expect([...breaker.failing].sort()).toEqual(poison)
    expect(breaker.counted.filter(({ failed: isFailed }) => isFailed)).toEqual([])
  })

  test('a success that ended before they were asked excuses nothing', () => {
    expect(tripped(after(newBreaker(), ...each(failed(), people(3), 10), asked('h0', fine, 1)))).toBe(true)
  })

  test('what has failed so counts for nothing later, when it is asked again', () => {
    const known = after(newBreaker(), ...each(failed(), poison), asked('p0', fine, 20))
    expect(tripped(after(known, ...each(failed(), poison, 30)))).toBe(false)
  })
})

describe('R26: /ping', () => {
  test('is worth asking from the first failure that counts to the next success', () => {
    expect(isSuspicious(newBreaker())).toBe(false)
    const suspicious = after(newBreaker(), asked('p0', failed(), 0))
    expect(isSuspicious(suspicious)).toBe(true)
    expect(isSuspicious(after(suspicious, asked('p1', fine, 1)))).toBe(false)
  })

  test('opens it when it fails twice, with one contact to show for it', () => {
    const once = pinged(after(newBreaker(), asked('p0', failed(), 0)), false)
    expect(tripped(once)).toBe(false)
    expect(tripped(pinged(pinged(once, true), false))).toBe(false)
    expect(tripped(pinged(once, false))).toBe(true)
    expect(tripped(after(once, asked('p1', fine, 1)))).toBe(false)
  })
})

describe('R26: after a pause', () => {
  const paused = onTrial(after(newBreaker(), ...each(failed(), people(3))))

  test('one new contact that fails opens it again, those that failed before do not', () => {
    expect(tripped(paused)).toBe(false)
    expect(tripped(after(paused, asked('p0', failed(), 20)))).toBe(false)
    expect(tripped(after(paused, asked('h0', failed(), 20)))).toBe(true)
  })

  test('it takes five successes until failures are judged as before', () => {
    expect(after(paused, ...each(fine, people(4, 'h'), 10)).trial).toBe(1)
    const over = after(paused, ...each(fine, people(5, 'h'), 10))
    expect(over.trial).toBe(0)
    expect(tripped(after(over, asked('h9', failed(), 30)))).toBe(false)
  })

  test('it closes when only failing ones are left, and they do not open it again', () => {
    const over = closed(paused)
    expect(over.trial).toBe(0)
    expect(tripped(after(over, ...each(failed(), people(3), 20)))).toBe(false)
  })
})

test('R26: only what is no contact’s and no key’s fault is trouble', () => {
  const causes: readonly RetryCause[] = [
    'throttled',
    'server_error',
    'timed_out',
    'connection_failed',
    'answer_unknown',
  ]
  for (const cause of causes) expect(isTrouble(failed(cause))).toBe(true)
  const others: readonly Outcome[] = [
    failed('signup_throttled'),
    failed('interrupted'),
    fine,
    { kind: 'rejected', cause: 'forgotten', detail: '', fields: [] },
    { kind: 'skipped', because: 'no_such_contact' },
  ]
  expect(others.filter(isTrouble)).toEqual([])
  const blocked: Outcome = { kind: 'blocked', cause: 'key_invalid', detail: '' }
  expect(after(newBreaker(), asked('p0', blocked, 0))).toEqual(newBreaker())
})
