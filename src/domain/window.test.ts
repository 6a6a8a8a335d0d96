import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settled, waiting } from './delivery.ts'
import { assertedAt, joined, mayHaveMade, mustAssert, underWindow, widened, type Window } from './window.ts'

const ADA = 'c0ffee'
const OPEN: Window = { until: 130, sent: { NEWS: ['true'] }, contacts: [ADA] }
const DELIVERED = settled('delivered', undefined)

describe('the window after an attempt of unknown outcome (R22)', () => {
  test('holds what may still be applied, until it cannot', () => {
    expect(widened(undefined, { fields: { NEWS: 'true' }, sentAt: 0, until: 130, contact: ADA })).toEqual(OPEN)
  })

  test('is wider after another one: every value that may arrive, and the later end', () => {
    const wider = widened(OPEN, { fields: { NEWS: 'false', LANG: 'fr' }, sentAt: 10, until: 140, contact: ADA })
    expect(wider).toEqual({ until: 140, sent: { NEWS: ['true', 'false'], LANG: ['fr'] }, contacts: [ADA] })
    expect(widened(wider, { fields: { NEWS: 'true' }, sentAt: 20, until: 100, contact: ADA })).toEqual(wider)
  })

  test('forgets what was sent so long before that it had arrived, or never will', () => {
    const later = { fields: { LANG: 'fr' }, sentAt: 130, until: 260, contact: ADA }
    expect(widened(OPEN, later)).toEqual({ until: 260, sent: { LANG: ['fr'] }, contacts: [ADA] })
  })

  test('makes a debt that would end wait for its end, to assert the newest state once more', () => {
    const at = { contact: ADA, confirmed: { NEWS: 'false' }, sentAt: 20, now: 21 }
    expect(underWindow(DELIVERED, OPEN, at)).toEqual({ next: waiting(130, 'assert_again'), window: OPEN })
    expect(underWindow(settled('skipped', 'unchanged'), OPEN, at).next).toEqual(waiting(130, 'assert_again'))
    expect(underWindow(DELIVERED, OPEN, { ...at, confirmed: undefined }).next.dueAt).toBe(130)
  })

  test('costs no request when nothing can arrive that differs, and stays open for a fact that may differ', () => {
    const at = { contact: ADA, confirmed: { NEWS: 'true', LANG: 'fr' }, sentAt: 20, now: 21 }
    expect(underWindow(DELIVERED, OPEN, at)).toEqual({ next: DELIVERED, window: OPEN })
  })

  test('is over with what left after its end; what left before and was answered after is asserted at once', () => {
    const own = { contact: ADA, confirmed: { NEWS: 'false' } }
    expect(underWindow(DELIVERED, OPEN, { ...own, sentAt: 130, now: 131 })).toEqual({
      next: DELIVERED,
      window: undefined,
    })
    const late = underWindow(DELIVERED, OPEN, { ...own, sentAt: 129, now: 135 })
    expect(late.next).toEqual(waiting(135, 'assert_again'))
  })

  test('changes nothing for what waits anyway, or is dead', () => {
    for (const next of [waiting(500, 'server_error'), settled('dead', 'expired')])
      expect(underWindow(next, OPEN, { contact: ADA, confirmed: undefined, sentAt: 1, now: 2 })).toEqual({
        next,
        window: OPEN,
      })
    expect(underWindow(DELIVERED, undefined, { contact: ADA, confirmed: {}, sentAt: 1, now: 2 }).next).toBe(DELIVERED)
  })

  test('I15: at its end nothing is believed that a late arrival may have overwritten', () => {
    expect(mustAssert(OPEN, { contact: ADA, confirmed: { NEWS: 'false' } }, 129)).toBe(false)
    expect(mustAssert(OPEN, { contact: ADA, confirmed: { NEWS: 'false' } }, 130)).toBe(true)
    expect(mustAssert(OPEN, { contact: ADA, confirmed: { NEWS: 'true' } }, 130)).toBe(false)
    expect(mustAssert(OPEN, { contact: ADA, confirmed: undefined }, 130)).toBe(true)
    expect(mustAssert(undefined, { contact: ADA, confirmed: undefined }, 130)).toBe(false)
  })

  const value = fc.constantFrom('true', 'false', '')
  const attempt = fc.record({
    value,
    sentAt: fc.nat(400),
    /** Undefined: Mailchimp answered. Otherwise nobody knows, and it is applied so much later, or never. */
    lateBy: fc.option(fc.option(fc.integer({ min: 1, max: 129 }), { nil: Infinity }), { nil: undefined }),
  })

  test('I15: whatever was unclear, Mailchimp ends with the value that was confirmed last', () => {
    fc.assert(
      fc.property(fc.array(attempt, { minLength: 1, maxLength: 8 }), value, (attempts, newest) => {
        const ordered = [...attempts].sort((a, b) => a.sentAt - b.sentAt)
        const lastAt = ordered.at(-1)?.sentAt ?? 0
        let window: Window | undefined
        for (const { value: NEWS, sentAt, lateBy } of ordered)
          if (lateBy !== undefined)
            window = widened(window, { fields: { NEWS }, sentAt, until: sentAt + 130, contact: ADA })
        const confirmed = { NEWS: newest }
        const end = underWindow(DELIVERED, window, { contact: ADA, confirmed, sentAt: lastAt + 1, now: lastAt + 1 })
        const applied = ordered.map(({ value: given, sentAt, lateBy }) => ({ given, at: sentAt + (lateBy ?? 0) }))
        const writes = [...applied, { given: newest, at: lastAt + 1 }]
        if (end.next.dueAt !== undefined) writes.push({ given: newest, at: end.next.dueAt })
        const inOrder = writes.filter(({ at }) => at !== Infinity).sort((a, b) => a.at - b.at)
        expect(inOrder.at(-1)?.given).toBe(newest)
      }),
    )
  })

  test('knows which tags it is about', () => {
    const own = { contact: ADA, confirmed: { NEWS: 'true' } }
    expect(mustAssert(OPEN, own, OPEN.until)).toBe(false)
    expect(mustAssert({ ...OPEN, sent: { NEWS: ['true', 'false'] } }, own, OPEN.until)).toBe(true)
  })
})

describe('a window on a contact that its person has left (R16d, R22)', () => {
  const BEN = 'bebe'
  const confirmed = { NEWS: 'true' }
  const unknown = { ...OPEN, contacts: undefined }

  test('is waited for, whatever the other contact confirmed, which is asserted no more', () => {
    const at = { contact: BEN, confirmed, sentAt: 20, now: 21 }
    expect(underWindow(DELIVERED, OPEN, at).next).toEqual(waiting(130, 'assert_again'))
    expect(mustAssert(OPEN, { contact: BEN, confirmed: undefined }, 130)).toBe(false)
  })

  test('of an older release may be on either', () => {
    expect(mustAssert(unknown, { contact: BEN, confirmed: undefined }, 130)).toBe(true)
    expect(mayHaveMade(unknown, BEN, 130)).toBe(false)
    expect(assertedAt(unknown, ADA, 130)).toBe(unknown)
  })

  test('may have made it, once it is over', () => {
    expect([mayHaveMade(OPEN, ADA, 129), mayHaveMade(OPEN, ADA, 130)]).toEqual([false, true])
    expect([mayHaveMade(OPEN, BEN, 130), mayHaveMade(OPEN, undefined, 130)]).toEqual([false, false])
    expect(mayHaveMade(undefined, ADA, 130)).toBe(false)
  })

  test('ends with what left after it and came to a certain end there, contact by contact', () => {
    const both = widened(OPEN, { fields: { NEWS: 'true' }, sentAt: 10, until: 140, contact: BEN })
    expect(both.contacts).toEqual([ADA, BEN])
    expect(assertedAt(both, ADA, 139)).toBe(both)
    expect(assertedAt(both, ADA, 140)?.contacts).toEqual([BEN])
    expect(assertedAt(OPEN, ADA, 130)).toBeUndefined()
  })

  test('joined with one of an older release, may be on any', () => {
    expect(joined(OPEN, { ...OPEN, contacts: [BEN] }).contacts).toEqual([ADA, BEN])
    expect(joined(OPEN, unknown).contacts).toBeUndefined()
    expect(widened(unknown, { fields: {}, sentAt: 10, until: 140, contact: ADA }).contacts).toBeUndefined()
    expect(widened(OPEN, { fields: {}, sentAt: 10, until: 140, contact: undefined }).contacts).toBeUndefined()
  })
})
