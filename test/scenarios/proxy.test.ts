import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../src/domain/instant.ts'
import { shareOf } from '../share.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const BOB = 'bob@mail.test'
const says = (who: string, newsletter: boolean, at: string) => event({ who, at, purposes: { newsletter } })
const newsOf = (world: World, who: string): unknown =>
  (world.mailchimp.contact(AUDIENCE, who)?.['merge_fields'] as { NEWS: string }).NEWS

type Shown = { readonly data: readonly { readonly status: string; readonly reason: string; readonly next: string }[] }

const LONG: readonly string[] = ['a redirect of a captive portal', 'a 409 with a title of no document']
const PAGE = '<html><body>Blocked by the web filter</body></html>'

describe('R25 I17: what answers in Mailchimp’s place, or in no way that we know, ends no withdrawal', () => {
  test.each([
    ['a redirect of a captive portal', { status: 302, html: PAGE }, 'answer_unreadable'],
    ['a moved address', { status: 308, html: '' }, 'answer_unreadable'],
    ['a proxy that wants a sign-in', { status: 407, html: PAGE }, 'answer_unreadable'],
    ['a filter that knows no PATCH', { status: 405, html: PAGE }, 'answer_unreadable'],
    ['a gateway without a route', { status: 404, body: { message: 'no Route matched' } }, 'answer_unreadable'],
    ['a gateway with its own sign-in', { status: 401, body: { error: 'unauthorized' } }, 'answer_unreadable'],
    ['a page that is gone', { status: 410, html: PAGE }, 'answer_unreadable'],
    ['a misdirected connection', { status: 421, html: PAGE }, 'answer_unreadable'],
    ['a 400 with a title of no document', { status: 400, title: 'Something New' }, 'answer_unknown'],
    ['a 409 with a title of no document', { status: 409, title: 'Conflict' }, 'answer_unknown'],
    ['a 451 with a title of no document', { status: 451, title: 'Unavailable' }, 'answer_unknown'],
  ])('%s', async (name, fault, reason) => {
    await using world = await startWorld()
    for (const email_address of [ADA, BOB])
      world.mailchimp.addContact(AUDIENCE, { email_address, status: 'subscribed' })
    await world.integrates()
    await world.receives(says(ADA, true, '2026-11-23T08:00:00Z'))
    await world.settles()
    world.mailchimp.addFault({ match: { method: 'PATCH', contact: ADA }, fault })
    await world.receives(says(ADA, false, '2026-11-23T08:30:00Z'))
    // The schedule asks only whether it is a withdrawal: one of each reason shows that this has no end.
    await world.passes(LONG.includes(name) ? 9 * DAY : shareOf(5 * HOUR, 9 * DAY))
    const { body } = await world.api<Shown>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ status: 'waiting', reason }])
    expect(body.data[0]?.next).toContain('If it lasts')

    // It is no matter of the key or of the audience: others go on.
    await world.receives(says(BOB, true, '2026-11-23T08:31:00Z'))
    await world.passes(1)
    expect(newsOf(world, BOB)).toBe('true')

    world.mailchimp.clearFaults()
    await world.passes(1.2 * HOUR)
    expect(newsOf(world, ADA)).toBe('false')
    expect((await world.stats()).deliveries).toMatchObject({ delivered: 2, dead: 0, held: 0 })
  })
})
