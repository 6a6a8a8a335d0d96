import { describe, expect, test } from 'vitest'
import {
  afterAttempt,
  heldFor,
  settled,
  TRANSITIONS,
  type Debt,
  type Happening,
  type Next,
  type Status,
} from './delivery.ts'
import { DAY, HOUR, MINUTE, SECOND } from './instant.ts'
import { type SetAside } from './mapping.ts'
import { BLOCK_SCOPE, type BlockCause, type Outcome, type RejectCause, type RetryCause } from './outcome.ts'

const NOW = Date.UTC(2024, 4, 2, 9, 30)
const MOMENT = { now: NOW, dice: 0.5 }
const FRESH: Debt = { failed: 0, firstFailedAt: undefined, carriesWithdrawal: false }
const MISSING: SetAside = { tag: 'TOPICS', path: 'country', code: 'merge_tag_missing', detail: 'no merge tag TOPICS' }

const delivered = (dropped: readonly string[] = []): Outcome => ({
  kind: 'delivered',
  accepted: { NEWSLETTER: 'true' },
  dropped,
})
const retry = (over: Partial<Outcome & { kind: 'retry' }> = {}): Outcome => ({
  kind: 'retry',
  cause: 'server_error',
  detail: 'Mailchimp answered 500',
  ambiguous: true,
  throttled: false,
  waitMs: undefined,
  ...over,
})
const rejected = (cause: RejectCause = 'fields_invalid'): Outcome => ({
  kind: 'rejected',
  cause,
  detail: 'Your merge fields were invalid.',
  fields: ['AGE'],
})
const blocked = (cause: BlockCause = 'key_invalid'): Outcome => ({ kind: 'blocked', cause, detail: 'API Key Invalid' })

const after = (outcome: Outcome, debt: Partial<Debt> = {}, setAside: readonly SetAside[] = []): Next =>
  afterAttempt({ ...FRESH, ...debt }, outcome, setAside, MOMENT)

describe('I7: the statuses of a debt and what can happen to it', () => {
  test('are this table', () => {
    const statuses = Object.keys(TRANSITIONS) as Status[]
    const happenings = Object.keys(TRANSITIONS.sending) as Happening[]
    const rows = happenings.map(happening => [
      happening,
      ...statuses.map(status => TRANSITIONS[status][happening] ?? '-'),
    ])
    const table = [['', ...statuses], ...rows].map(row =>
      row
        .map(cell => cell.padEnd(17))
        .join('')
        .trimEnd(),
    )
    expect(table.join('\n')).toBe(
      `
                 waiting          sending          held             delivered        skipped          dead
owed             waiting          sending          waiting          waiting          waiting          waiting
taken            sending          -                -                -                -                -
delivered        delivered        delivered        -                -                -                -
partly_delivered held             held             -                -                -                -
skipped          skipped          skipped          -                -                -                -
retry            waiting          waiting          -                -                -                -
expired          dead             dead             -                -                -                -
rejected         dead             dead             -                -                -                -
blocked          waiting          waiting          -                -                -                -
interrupted      -                waiting          -                -                -                -
released         waiting          sending          waiting          delivered        skipped          dead
replayed         waiting          sending          waiting          waiting          waiting          waiting
reopened         -                -                -                -                waiting          -
unsettled        waiting          waiting          -                -                -                -
`.slice(1, -1),
    )
  })

  test('I12: a new fact makes any debt due again that is not being sent, and ends none', () => {
    for (const row of Object.values(TRANSITIONS)) expect(['waiting', 'sending']).toContain(row.owed)
  })

  test('no happening is unheard of everywhere, and every status can be reached', () => {
    const reached = new Set(Object.values(TRANSITIONS).flatMap(row => Object.values(row)))
    for (const status of Object.keys(TRANSITIONS)) expect(reached).toContain(status)
    for (const happening of Object.keys(TRANSITIONS.sending) as Happening[])
      expect(Object.values(TRANSITIONS).some(row => row[happening] !== undefined)).toBe(true)
  })
})

describe('R25: how an outcome moves its debt', () => {
  test('delivered: done, and its failures forgotten', () => {
    const next = after(delivered(), { failed: 7, firstFailedAt: NOW - DAY })
    expect(next).toEqual(settled('delivered', undefined))
    expect(next).toMatchObject({ failed: 0, firstFailedAt: undefined, dueAt: undefined })
  })

  test('R14: delivered but for a field that Mailchimp dropped: held, naming the field', () => {
    expect(after(delivered(['TOPICS', 'AGE']))).toMatchObject({ status: 'held', reason: 'field_dropped' })
    expect(after(delivered(['TOPICS', 'AGE'])).detail).toContain('TOPICS, AGE')
    expect(after(delivered(['AGE']), {}, [MISSING])).toMatchObject({ status: 'held', reason: 'field_dropped' })
  })

  test('R13: delivered but for a field that was set aside: held until it can be filled', () => {
    const held = { status: 'held', reason: 'merge_tag_missing', detail: MISSING.detail, dueAt: undefined }
    expect(after(delivered(), {}, [MISSING])).toMatchObject(held)
    expect(after({ kind: 'skipped', because: 'no_such_contact' }, {}, [MISSING])).toMatchObject(held)
    const other = { ...MISSING, code: 'value_unfit', detail: 'AGE takes a number' } as const
    expect(heldFor([MISSING, other])).toMatchObject({ detail: 'no merge tag TOPICS; AGE takes a number' })
  })

  test.each(['unchanged', 'no_such_contact', 'unresolvable', 'nothing_mapped'] as const)(
    'R18, R21: skipped because %s: a normal end',
    because => {
      expect(after({ kind: 'skipped', because })).toEqual(settled('skipped', because))
    },
  )

  test.each<RejectCause>([
    'compliance_state',
    'forgotten',
    'address_refused',
    'fields_invalid',
    'address_conflict',
    'request_refused',
  ])('rejected for %s: dead, keeping the reason', cause => {
    const debt = { failed: 3, firstFailedAt: NOW - HOUR }
    expect(after(rejected(cause), debt)).toMatchObject({ status: 'dead', reason: cause, dueAt: undefined, ...debt })
    expect(after(rejected(cause)).detail).toBe('Your merge fields were invalid.')
  })

  test.each(Object.keys(BLOCK_SCOPE) as BlockCause[])('blocked by %s: waits, and costs the contact nothing', cause => {
    const debt = { failed: 3, firstFailedAt: NOW - 30 * DAY }
    expect(after(blocked(cause), debt)).toMatchObject({ status: 'waiting', dueAt: NOW, reason: cause, ...debt })
  })

  test('R25: what is wrong with an audience holds that audience, everything else the credential', () => {
    const { audience_missing, ...others } = BLOCK_SCOPE
    expect(audience_missing).toBe('audience')
    expect(new Set(Object.values(others))).toEqual(new Set(['credential']))
  })
})

describe('R26: a failed try', () => {
  const causes: RetryCause[] = ['server_error', 'timed_out', 'connection_failed', 'answer_unreadable', 'interrupted']

  test.each(causes)('%s: counted, and due again', cause => {
    expect(after(retry({ cause }), { failed: 1, firstFailedAt: NOW - SECOND })).toEqual({
      status: 'waiting',
      dueAt: NOW + 5 * SECOND,
      reason: cause,
      detail: 'Mailchimp answered 500',
      failed: 2,
      firstFailedAt: NOW - SECOND,
    })
  })

  test('the first one starts the clock', () => {
    expect(after(retry())).toMatchObject({ failed: 1, firstFailedAt: NOW, dueAt: NOW })
  })

  test('Retry-After is a floor, not a ceiling', () => {
    expect(after(retry({ waitMs: 90 * SECOND })).dueAt).toBe(NOW + 90 * SECOND)
    expect(after(retry({ waitMs: SECOND }), { failed: 4, firstFailedAt: NOW }).dueAt).toBe(NOW + 2 * MINUTE)
    expect(after(retry({ throttled: true, waitMs: HOUR })).dueAt).toBe(NOW + HOUR)
  })

  test.each([HOUR, DAY, 365 * DAY, 999_999_999 * SECOND, Infinity])(
    'I22: Retry-After of %d ms is obeyed for an hour, and for 15 minutes by a withdrawal',
    waitMs => {
      for (const throttled of [true, false]) {
        const told = retry({ throttled, waitMs })
        expect(after(told).dueAt).toBe(NOW + HOUR)
        expect(after(told, { carriesWithdrawal: true }).dueAt).toBe(NOW + 15 * MINUTE)
        // A schedule that is slower by itself stays as it is.
        const slow = { failed: 30, firstFailedAt: NOW - 2 * DAY }
        if (!throttled) expect(after(told, slow).dueAt).toBe(NOW + 6 * HOUR)
        const hourly = { ...slow, carriesWithdrawal: true }
        if (!throttled) expect(after(told, hourly).dueAt).toBe(NOW + HOUR)
      }
    },
  )

  test('a grant is dead after 6.8 days, keeping when and how often it failed', () => {
    const old = { failed: 37, firstFailedAt: NOW - 6.8 * DAY }
    expect(after(retry(), old)).toEqual({
      status: 'dead',
      dueAt: undefined,
      reason: 'expired',
      detail: 'Mailchimp answered 500',
      failed: 38,
      firstFailedAt: old.firstFailedAt,
    })
  })

  test('I17: a withdrawal is not, whatever its age', () => {
    const old = { failed: 4_000, firstFailedAt: NOW - 400 * DAY, carriesWithdrawal: true }
    expect(after(retry(), old)).toMatchObject({ status: 'waiting', dueAt: NOW + HOUR })
  })

  test('"signed up to a lot of lists" waits longer', () => {
    expect(after(retry({ cause: 'signup_throttled' })).dueAt).toBe(NOW + 5 * MINUTE)
  })
})

describe('R24: our own load', () => {
  const throttled = retry({ cause: 'throttled', throttled: true, ambiguous: false })

  test('costs a contact no attempt, and no time of its life', () => {
    const debt = { failed: 3, firstFailedAt: NOW - 30 * DAY }
    expect(after(throttled, debt)).toMatchObject({ status: 'waiting', reason: 'throttled', ...debt })
    expect(after(throttled)).toMatchObject({ failed: 0, firstFailedAt: undefined })
  })

  test.each([0, 0.5, 0.999])('makes it wait some 15 seconds (dice %d)', dice => {
    const { dueAt } = afterAttempt(FRESH, throttled, [], { now: NOW, dice })
    expect(dueAt).toBeGreaterThanOrEqual(NOW + 12 * SECOND)
    expect(dueAt).toBeLessThanOrEqual(NOW + 18 * SECOND)
  })
})
