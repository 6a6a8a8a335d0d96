import { describe, expect, test } from 'vitest'
import { MINUTE, SECOND } from './instant.ts'
import { heldBy, isOutage, nextHold, notCheckedFor, remedyOf, shownAs, stopsAll, unreadFor, type Hold } from './hold.ts'
import { EXPLANATIONS, type Reason } from './reason.ts'

const NOW = 1_000_000
const hold = (cause: Reason, over: Partial<Hold> = {}): Hold => ({
  cause,
  detail: '',
  since: NOW,
  probeAt: NOW,
  probes: 0,
  ...over,
})
const integration = (over: { enabled?: boolean; paused?: boolean; leaves?: boolean; own?: Reason } = {}) => ({
  settings: { enabled: over.enabled ?? true },
  paused: over.paused ?? false,
  leavesAt: over.leaves ? NOW : undefined,
  hold: over.own && { cause: over.own },
})

describe('R25: what holds the waiting debts of an integration', () => {
  test.each([
    ['nothing', integration(), undefined, undefined],
    ['its key', integration(), 'key_invalid', 'key_invalid'],
    ['an outage', integration(), 'mailchimp_unavailable', 'mailchimp_unavailable'],
    ['its audience', integration({ own: 'audience_missing' }), undefined, 'audience_missing'],
    ['an audience that was never read', integration({ own: 'audience_unread' }), undefined, 'audience_unread'],
    ['a certificate', integration(), 'certificate_untrusted', 'certificate_untrusted'],
    ['no single field', integration({ own: 'merge_tag_missing' }), undefined, undefined],
    ['the key before the audience', integration({ own: 'audience_missing' }), 'key_invalid', 'key_invalid'],
    ['a pause before the key', integration({ paused: true }), 'key_invalid', 'paused'],
    ['a switch before a pause', integration({ enabled: false, paused: true }), 'key_invalid', 'disabled'],
    ['leaving before all else', integration({ leaves: true, enabled: false, paused: true }), 'key_invalid', 'leaving'],
  ] as const)('%s', (_, own, key, expected) => {
    expect(heldBy(own, key && { cause: key })).toBe(expected)
  })

  test('only a debt that waits is held by it', () => {
    expect(shownAs({ status: 'waiting', reason: 'server_error' }, 'paused')).toEqual({
      status: 'held',
      reason: 'paused',
    })
    expect(shownAs({ status: 'waiting', reason: 'server_error' }, undefined).status).toBe('waiting')
    for (const status of ['sending', 'held', 'delivered', 'skipped', 'dead'] as const)
      expect(shownAs({ status, reason: 'value_unfit' }, 'paused')).toEqual({ status, reason: 'value_unfit' })
  })

  test('the remedy is the one that makes it move next', () => {
    const setAside = { status: 'held', reason: 'merge_tag_missing' } as const
    expect(remedyOf(setAside, undefined)).toBe(EXPLANATIONS.merge_tag_missing.next)
    expect(remedyOf(setAside, 'paused')).toBe(EXPLANATIONS.paused.next)
    expect(remedyOf(shownAs({ status: 'waiting', reason: undefined }, 'key_invalid'), 'key_invalid')).toBe(
      EXPLANATIONS.key_invalid.next,
    )
    expect(remedyOf({ status: 'dead', reason: 'expired' }, 'paused')).toBe(EXPLANATIONS.expired.next)
    expect(remedyOf({ status: 'delivered', reason: undefined }, 'paused')).toBe('')
  })

  test('a hold of one field stops nothing else, and an outage is no repair of a person', () => {
    expect([undefined, hold('merge_tag_missing'), hold('value_unfit')].map(stopsAll)).toEqual([false, false, false])
    expect([hold('audience_missing'), hold('key_invalid'), hold('mailchimp_unavailable')].every(stopsAll)).toBe(true)
    expect([isOutage(undefined), isOutage(hold('key_invalid')), isOutage(hold('mailchimp_unavailable'))]).toEqual([
      false,
      false,
      true,
    ])
  })
})

describe('R25, R26: a hold is probed ever more slowly', () => {
  const waits = (cause: Reason): number[] => {
    let before: Hold | undefined
    return Array.from({ length: 12 }, () => {
      before = nextHold({ cause, detail: '' }, { before, now: NOW })
      return before.probeAt - NOW
    })
  }

  test('after 5 s, doubled up to 15 minutes', () => {
    expect(waits('key_invalid').slice(0, 3)).toEqual([5 * SECOND, 10 * SECOND, 20 * SECOND])
    expect(waits('key_invalid').at(-1)).toBe(15 * MINUTE)
  })

  test('in an outage after 30 s, doubled up to 5 minutes', () => {
    expect(waits('mailchimp_unavailable').slice(0, 2)).toEqual([30 * SECOND, MINUTE])
    expect(waits('mailchimp_unavailable').at(-1)).toBe(5 * MINUTE)
  })

  test('R27: an audience that was never read after 5 s, doubled up to 5 minutes', () => {
    expect(waits('audience_unread').slice(0, 2)).toEqual([5 * SECOND, 10 * SECOND])
    expect(waits('audience_unread').at(-1)).toBe(5 * MINUTE)
  })

  test('the same cause goes on, another one begins anew', () => {
    const first = nextHold({ cause: 'key_invalid', detail: 'a' }, { before: undefined, now: NOW })
    const again = nextHold({ cause: 'key_invalid', detail: 'b' }, { before: first, now: NOW + 9 })
    expect(again).toMatchObject({ since: NOW, probes: 1, detail: 'b' })
    const other = nextHold({ cause: 'payment_required', detail: 'c' }, { before: again, now: NOW + 20 })
    expect(other).toMatchObject({ since: NOW + 20, probes: 0 })
  })
})

describe('R27: whether an integration was checked', () => {
  const own = (enabled: boolean, cause?: Reason) => ({
    settings: { enabled },
    hold: cause && hold(cause, { detail: 'connection_failed: ECONNREFUSED' }),
  })

  test.each([
    ['nothing is wrong', own(true), undefined],
    ['something is known to be wrong', own(true, 'audience_missing'), undefined],
    ['its audience was never read', own(true, 'audience_unread'), 'connection_failed: ECONNREFUSED'],
    ['it is switched off', own(false), EXPLANATIONS.disabled.says],
    ['it is switched off, too', own(false, 'audience_unread'), EXPLANATIONS.disabled.says],
  ])('%s', (_, integration, expected) => {
    expect(notCheckedFor(integration)).toBe(expected)
  })

  test('what the network or a proxy said is in the detail of the hold', () => {
    const said = { cause: 'answer_unreadable', detail: 'HTTP 407 without Mailchimp’s JSON' }
    expect(unreadFor(said)).toEqual({
      cause: 'audience_unread',
      detail: 'answer_unreadable: HTTP 407 without Mailchimp’s JSON',
    })
  })
})
