import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { settled, waiting } from './delivery.ts'
import { mustAssert, underWindow, widened, type Window } from './window.ts'

const OPEN: Window = { until: 130, sent: { NEWS: ['true'] } }
const DELIVERED = settled('delivered', undefined)

describe('the window after an attempt of unknown outcome (R22)', () => {
  test('holds what may still be applied, until it cannot', () => {
    expect(widened(undefined, { fields: { NEWS: 'true' }, sentAt: 0, until: 130 })).toEqual(OPEN)
  })

  test('is wider after another one: every value that may arrive, and the later end', () => {
    const wider = widened(OPEN, { fields: { NEWS: 'false', LANG: 'fr' }, sentAt: 10, until: 140 })
    expect(wider).toEqual({ until: 140, sent: { NEWS: ['true', 'false'], LANG: ['fr'] } })
    expect(widened(wider, { fields: { NEWS: 'true' }, sentAt: 20, until: 100 })).toEqual(wider)
  })

  test('forgets what was sent so long before that it had arrived, or never will', () => {
    const later = { fields: { LANG: 'fr' }, sentAt: 130, until: 260 }
    expect(widened(OPEN, later)).toEqual({ until: 260, sent: { LANG: ['fr'] } })
  })

  test('makes a debt that would end wait for its end, to assert the newest state once more', () => {
    const at = { confirmed: { NEWS: 'false' }, sentAt: 20, now: 21 }
    expect(underWindow(DELIVERED, OPEN, at)).toEqual({ next: waiting(130, 'assert_again'), window: OPEN })
    expect(underWindow(settled('skipped', 'unchanged'), OPEN, at).next).toEqual(waiting(130, 'assert_again'))
    expect(underWindow(DELIVERED, OPEN, { ...at, confirmed: undefined }).next.dueAt).toBe(130)
  })

  test('costs no request when nothing can arrive that differs, and stays open for a fact that may differ', () => {
    const at = { confirmed: { NEWS: 'true', LANG: 'fr' }, sentAt: 20, now: 21 }
    expect(underWindow(DELIVERED, OPEN, at)).toEqual({ next: DELIVERED, window: OPEN })
  })

  test('is over with what left after its end; what left before and was answered after is asserted at once', () => {
    const confirmed = { NEWS: 'false' }
    expect(underWindow(DELIVERED, OPEN, { confirmed, sentAt: 130, now: 131 })).toEqual({
      next: DELIVERED,
      window: undefined,
    })
    const late = underWindow(DELIVERED, OPEN, { confirmed, sentAt: 129, now: 135 })
    expect(late.next).toEqual(waiting(135, 'assert_again'))
  })

  test('changes nothing for what waits anyway, or is dead', () => {
    for (const next of [waiting(500, 'server_error'), settled('dead', 'expired')])
      expect(underWindow(next, OPEN, { confirmed: undefined, sentAt: 1, now: 2 })).toEqual({ next, window: OPEN })
    expect(underWindow(DELIVERED, undefined, { confirmed: {}, sentAt: 1, now: 2 }).next).toBe(DELIVERED)
  })

  test('I15: at its end nothing is believed that a late arrival may have overwritten', () => {
    expect(mustAssert(OPEN, { NEWS: 'false' }, 129)).toBe(false)
    expect(mustAssert(OPEN, { NEWS: 'false' }, 130)).toBe(true)
    expect(mustAssert(OPEN, { NEWS: 'true' }, 130)).toBe(false)
    expect(mustAssert(OPEN, undefined, 130)).toBe(true)
    expect(mustAssert(undefined, undefined, 130)).toBe(false)
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
          if (lateBy !== undefined) window = widened(window, { fields: { NEWS }, sentAt, until: sentAt + 130 })
        const confirmed = { NEWS: newest }
        const end = underWindow(DELIVERED, window, { confirmed, sentAt: lastAt + 1, now: lastAt + 1 })
        const applied = ordered.map(({ value: given, sentAt, lateBy }) => ({ given, at: sentAt + (lateBy ?? 0) }))
        const writes = [...applied, { given: newest, at: lastAt + 1 }]
        if (end.next.dueAt !== undefined) writes.push({ given: newest, at: end.next.dueAt })
        const inOrder = writes.filter(({ at }) => at !== Infinity).sort((a, b) => a.at - b.at)
        expect(inOrder.at(-1)?.given).toBe(newest)
      }),
    )
  })

  test('knows which tags it is about', () => {
    const confirmed = { NEWS: 'true' }
    expect(mustAssert(OPEN, confirmed, OPEN.until)).toBe(false)
    expect(mustAssert({ ...OPEN, sent: { NEWS: ['true', 'false'] } }, confirmed, OPEN.until)).toBe(true)
  })
})
