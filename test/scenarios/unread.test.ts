import { describe, expect, test } from 'vitest'
import { pino } from 'pino'
import { HOUR, MINUTE, SECOND } from '../../src/domain/instant.ts'
import { EXPLANATIONS } from '../../src/domain/reason.ts'
import { createTelemetry } from '../../src/telemetry.ts'
import { AUDIENCE, documentFor, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const says = (newsletter: boolean, at = '2026-11-23T08:00:00Z') => event({ who: ADA, at, purposes: { newsletter } })
const newsOf = (world: World): unknown =>
  (world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields'] as { NEWS: string }).NEWS

type Fault = Parameters<World['mailchimp']['addFault']>[0]['fault']
type Hold = { readonly cause: string; readonly detail: string; readonly next: string; readonly since: string }
type Integration = {
  readonly id: string
  readonly checked: boolean
  readonly not_checked: string | null
  readonly held_by: string | null
  readonly holds: readonly Hold[]
}
type Page = { readonly data: readonly Readonly<Record<string, unknown>>[] }

/** What keeps Mailchimp from being asked, and what is said of it. */
const OBSTACLES: readonly (readonly [name: string, fault: Fault, detail: string])[] = [
  ['a connection that is cut', { cut: 'before' }, 'connection_failed: '],
  ['no answer', { stall: true }, 'timed_out: '],
  ['a proxy that wants a sign-in', { status: 407, html: '<html></html>' }, 'answer_unreadable: HTTP 407'],
  ['a captive portal', { status: 200, html: '<html></html>' }, 'answer_unreadable: '],
  [
    'a list that is none',
    { status: 200, body: { message: 'ok' } },
    'answer_unreadable: a 200 answer without merge_fields',
  ],
  ['an answer of no document', { status: 418, title: 'Teapot' }, 'answer_unknown: HTTP 418 Teapot'],
  ['a Mailchimp that fails', { status: 500 }, 'server_error: '],
  ['the edge', { edge: 403 }, 'throttled: '],
]

async function worldWithAda(told: string[]): Promise<World> {
  const silent = createTelemetry(pino({ level: 'silent' }))
  const telemetry = {
    ...silent,
    held: (what: { table: string; cause: string }) => told.push(`${what.table} ${what.cause}`),
  }
  const world = await startWorld({ telemetry })
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  return world
}

const shown = async (world: World, id: string): Promise<Integration> =>
  (await world.api<Integration>('GET', `/v1/integrations/${id}`)).body

const LOOK = { path: '/merge-fields' }

describe('R27: Mailchimp cannot be asked from the start', () => {
  test.each(OBSTACLES)(
    'I17: %s: a withdrawal is held, with cause, since and remedy, and goes when it is over',
    async (_, fault, detail) => {
      const told: string[] = []
      await using world = await worldWithAda(told)
      const id = await world.integrates()
      const since = new Date(world.now()).toISOString()
      world.mailchimp.addFault({ match: LOOK, fault })
      await world.receives(says(false))
      await world.passes(40 * SECOND)
      const { held_by, holds, checked } = await shown(world, id)
      expect([held_by, checked]).toEqual(['audience_unread', false])
      expect(holds).toMatchObject([{ cause: 'audience_unread', next: EXPLANATIONS.audience_unread.next }])
      expect(holds[0]?.detail).toContain(detail)
      expect(holds[0]?.since.slice(0, 15)).toBe(since.slice(0, 15))
      const { body } = await world.api<Page>('GET', '/v1/deliveries')
      expect(body.data).toMatchObject([{ status: 'held', reason: 'audience_unread', failed: 0 }])
      const failures = await world.api<Page>('GET', '/v1/failures')
      expect(failures.body.data).toMatchObject([{ kind: 'held', cause: 'audience_unread', count: 1, withdrawals: 1 }])
      expect(told).toEqual(['integration audience_unread'])
      expect(world.app.worker.gauges()).toMatchObject([{ holds: [{ integrationId: id, cause: 'audience_unread' }] }])

      await world.passes(3 * HOUR)
      expect(told, 'told once').toEqual(['integration audience_unread'])
      world.mailchimp.clearFaults()
      await world.passes(6 * MINUTE)
      expect(newsOf(world)).toBe('false')
      expect(await shown(world, id)).toMatchObject({ held_by: null, holds: [], checked: true, not_checked: null })
    },
  )

  test('what was read once goes on counting: no hold while it is read again in vain', async () => {
    const told: string[] = []
    await using world = await worldWithAda(told)
    await world.integrates()
    await world.receives(says(true))
    await world.settles()
    world.mailchimp.addFault({ match: LOOK, fault: { status: 500 } })
    await world.passes(HOUR)
    await world.receives(says(false, '2026-11-23T10:00:00Z'))
    await world.passes(SECOND)
    expect(newsOf(world)).toBe('false')
    expect(told).toEqual([])
  })

  test('several integrations of one audience are all held, and all go when one of them has read it', async () => {
    const told: string[] = []
    await using world = await worldWithAda(told)
    for (const tag of ['NEWS2', 'NEWS3']) world.mailchimp.addMergeField(AUDIENCE, { tag, type: 'text' })
    const ids: string[] = []
    for (const tag of ['NEWS', 'NEWS2', 'NEWS3'])
      ids.push(await world.integrates({ mappings: [{ id: tag, value: 'consents_purposes_newsletter_enabled' }] }))
    world.mailchimp.addFault({ match: LOOK, fault: { status: 500 } })
    await world.receives(says(false))
    await world.passes(10 * MINUTE)
    for (const id of ids) expect(await shown(world, id)).toMatchObject({ held_by: 'audience_unread' })
    world.mailchimp.clearFaults()
    await world.passes(6 * MINUTE)
    expect(world.mailchimp.contact(AUDIENCE, ADA)).toMatchObject({
      merge_fields: { NEWS: 'false', NEWS2: 'false', NEWS3: 'false' },
    })
    for (const id of ids) expect(await shown(world, id)).toMatchObject({ held_by: null, checked: true })
  })
})

describe('R27: an integration that is saved without having been checked says so', () => {
  test.each(OBSTACLES.filter(([, { status }]) => status !== 200))('%s', async (_, fault, detail) => {
    const told: string[] = []
    await using world = await worldWithAda(told)
    world.mailchimp.addFault({ match: {}, fault })
    const made = await world.api<Integration>('POST', '/v1/integrations', documentFor(world.source.id))
    expect(made).toMatchObject({ status: 201, body: { checked: false, held_by: 'audience_unread' } })
    expect(made.body.not_checked).toContain(detail)
    expect(told).toEqual(['integration audience_unread'])
    const { id } = made.body
    for (const [method, body] of [
      ['PUT', documentFor(world.source.id)],
      ['PATCH', { name: 'news' }],
    ] as const) {
      const saved = await world.api<Integration>(method, `/v1/integrations/${id}`, body)
      expect(saved, method).toMatchObject({ status: 200, body: { checked: false } })
      expect(saved.body.not_checked, method).toContain(detail)
    }
    // It is asked again by itself, whether or not anything is due.
    await world.passes(HOUR)
    expect(await shown(world, id)).toMatchObject({ checked: false, held_by: 'audience_unread' })
    world.mailchimp.clearFaults()
    await world.passes(6 * MINUTE)
    expect(await shown(world, id)).toMatchObject({ checked: true, not_checked: null, holds: [] })
  })

  test('what turns out to be wrong then is said then', async () => {
    await using world = await worldWithAda([])
    world.mailchimp.addFault({ match: {}, fault: { status: 500 } })
    const mappings = [{ id: 'NOSUCH', value: 'consents_purposes_newsletter_enabled' }]
    const made = await world.api<Integration>('POST', '/v1/integrations', documentFor(world.source.id, { mappings }))
    expect(made.body).toMatchObject({ checked: false })
    world.mailchimp.clearFaults()
    await world.passes(MINUTE)
    expect(await shown(world, made.body.id)).toMatchObject({ checked: true, holds: [{ cause: 'merge_tag_missing' }] })
  })

  test('one that was checked says so, and a draft was not', async () => {
    await using world = await worldWithAda([])
    const made = await world.api<Integration>('POST', '/v1/integrations', documentFor(world.source.id))
    expect(made.body).toMatchObject({ checked: true, not_checked: null, held_by: null })
    const off = await world.api<Integration>('PATCH', `/v1/integrations/${made.body.id}`, { enabled: false })
    expect(off.body).toMatchObject({ checked: false, not_checked: EXPLANATIONS.disabled.says })
    const again = await world.api<Integration>('PUT', `/v1/integrations/${made.body.id}`, made.body)
    expect(again).toMatchObject({ status: 200, body: { checked: true } })
  })
})
