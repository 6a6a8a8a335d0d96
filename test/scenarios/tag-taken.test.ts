import { describe, expect, test } from 'vitest'
import { EXPLANATIONS } from '../../src/domain/reason.ts'
import { type Database } from '../../src/store/engine/database.ts'
import { databases, freshPostgres } from '../databases.ts'
import { AUDIENCE, documentFor, event, startWorld, type World } from '../world.ts'

type Problem = { readonly path: string; readonly code: string; readonly detail: string; readonly remedy: string }
type Refusal = { readonly code: string; readonly errors: readonly Problem[] }
type Shown = { readonly id: string; readonly problems: readonly Problem[] }

const NEWS = { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }
const OFFERS = { id: 'OFFERS', value: 'consents_purposes_offers_enabled' }
const ADA = 'ada@mail.test'
const says = (newsletter: boolean, offers: boolean, at = '2026-11-23T08:00:00Z') =>
  event({ who: ADA, at, purposes: { newsletter, offers } })

async function aWorld(options: Parameters<typeof startWorld>[0] = {}): Promise<World> {
  const world = await startWorld(options)
  world.mailchimp.addMergeField(AUDIENCE, { tag: 'OFFERS', type: 'text' })
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  return world
}

const fieldsOf = (world: World): unknown => world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields']
const create = (world: World, changes: Readonly<Record<string, unknown>> = {}) =>
  world.api<Refusal & Shown>('POST', '/v1/integrations', documentFor(world.source.id, changes))
const change = (world: World, id: string, changes: Readonly<Record<string, unknown>>) =>
  world.api<Refusal & Shown>('PATCH', `/v1/integrations/${id}`, changes)

const isRefused = (answer: { status: number; body: Refusal }, owner: string, path = 'mappings[0].id'): void => {
  expect(answer).toMatchObject({ status: 409, body: { code: 'tag_taken', errors: [{ path, code: 'tag_taken' }] } })
  expect(answer.body.errors[0]?.detail).toContain(owner)
  expect(answer.body.errors[0]?.remedy).not.toBe('')
}

describe('R16c: a merge tag of an audience is filled by one enabled integration', () => {
  test('a second one is refused when it is made, and leaves nothing behind', async () => {
    await using world = await aWorld()
    const first = await world.integrates({ name: 'the first' })
    isRefused(await create(world, { mappings: [{ ...NEWS, id: 'news' }] }), `“the first” (${first})`)
    const { body } = await world.api<{ data: Shown[] }>('GET', '/v1/integrations')
    expect(body.data.map(({ id }) => id)).toEqual([first])
  })

  test('and so is one that is enabled, replaced or changed into a clash', async () => {
    await using world = await aWorld()
    const first = await world.integrates()
    const draft = await world.integrates({ enabled: false })
    isRefused(await change(world, draft, { enabled: true }), first)
    const { body: shown } = await world.api('GET', `/v1/integrations/${draft}`)
    expect(shown).toMatchObject({ enabled: false, problems: [] })
    const other = await world.integrates({ mappings: [OFFERS] })
    isRefused(await change(world, other, { mappings: [OFFERS, NEWS] }), first, 'mappings[1].id')
    isRefused(await world.api('PUT', `/v1/integrations/${other}`, documentFor(world.source.id)), first)
  })

  test('while the first one is paused, too, and not any more once it is disabled, changed or removed', async () => {
    await using world = await aWorld()
    const first = await world.integrates()
    const draft = await world.integrates({ enabled: false })
    await world.api('POST', `/v1/integrations/${first}/pause`)
    isRefused(await change(world, draft, { enabled: true }), first)
    expect(await change(world, first, { mappings: [OFFERS] })).toMatchObject({ status: 200 })
    expect(await change(world, draft, { enabled: true })).toMatchObject({ status: 200 })
    isRefused(await change(world, first, { mappings: [NEWS] }), draft)
    expect(await change(world, draft, { enabled: false })).toMatchObject({ status: 200 })
    expect(await change(world, first, { mappings: [NEWS] })).toMatchObject({ status: 200 })
    await world.api('DELETE', `/v1/integrations/${first}`)
    expect(await change(world, draft, { enabled: true })).toMatchObject({ status: 200 })
  })

  test('R21: who fills a tag again writes it, for another one may have written it meanwhile', async () => {
    await using world = await aWorld()
    const first = await world.integrates({ mappings: [NEWS] })
    await world.receives(says(true, false))
    await world.settles()
    expect(fieldsOf(world)).toMatchObject({ NEWS: 'true' })
    await change(world, first, { enabled: false })
    const second = await world.integrates({ mappings: [{ ...OFFERS, id: 'NEWS' }] })
    await world.settles()
    expect(fieldsOf(world)).toMatchObject({ NEWS: 'false' })
    await change(world, second, { enabled: false })
    await change(world, first, { enabled: true })
    await world.settles()
    expect(fieldsOf(world)).toMatchObject({ NEWS: 'true' })
  })

  test('a dry run of a draft shows what another one fills as set aside', async () => {
    await using world = await aWorld()
    await world.integrates()
    await world.receives(says(true, true))
    await world.settles()
    const { source_id: _, ...document } = documentFor(world.source.id, { mappings: [NEWS, OFFERS] })
    const { body } = await world.api('POST', '/v1/plans', { source_id: world.source.id, document, person: ADA })
    expect(body).toMatchObject({
      request: { body: { merge_fields: { OFFERS: 'true' } } },
      set_aside: [{ tag: 'NEWS', code: 'tag_taken' }],
    })
  })
})

describe.each(databases)('R16c: of two saves at one time on $name', ({ name }) => {
  test('one is made and the other is refused', async () => {
    const fresh = name === 'postgres' ? await freshPostgres() : undefined
    try {
      await using world = await aWorld(fresh ? { databaseUrl: fresh.url } : {})
      const answers = await Promise.all(Array.from({ length: 4 }, () => create(world)))
      expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409])
      const made = answers.find(({ status }) => status === 201)?.body.id ?? ''
      for (const answer of answers) if (answer.status !== 201) isRefused(answer, made)
    } finally {
      await fresh?.db.close()
    }
  })
})

describe('R16c: documents that clashed before', () => {
  /** The first integration fills NEWS; the second maps NEWS and OFFERS, as it could before there were claims. */
  async function clashing(): Promise<{ world: World; first: string; second: string }> {
    const kept: Database[] = []
    const around = (db: Database): Database => {
      kept.push(db)
      return db
    }
    const world = await aWorld({ around })
    const first = await world.integrates({ name: 'the first', mappings: [{ ...OFFERS, id: 'NEWS' }] })
    const second = await world.integrates({ mappings: [OFFERS] })
    await change(world, first, { enabled: false })
    await change(world, second, { mappings: [NEWS, OFFERS] })
    await kept[0]?.query(`update tag_claim set fills = 0 where integration_id = $1 and tag = 'NEWS'`, [second])
    await change(world, first, { enabled: true })
    return { world, first, second }
  }

  test('the tag is set aside in the younger one and the other fields are delivered; both say why', async () => {
    const { world, first, second } = await clashing()
    await using _ = world
    await world.receives(says(true, false))
    await world.passes(60_000)
    expect(fieldsOf(world)).toMatchObject({ NEWS: 'false', OFFERS: 'false' })
    const debts = await world.api<{ data: unknown[] }>('GET', `/v1/deliveries?integration_id=${second}`)
    expect(debts.body.data).toMatchObject([{ status: 'held', reason: 'tag_taken', next: EXPLANATIONS.tag_taken.next }])
    const problem = { path: 'mappings[0].id', code: 'tag_taken' }
    const shown = await world.api<Shown>('GET', `/v1/integrations/${second}`)
    expect(shown.body).toMatchObject({ problems: [problem] })
    expect(shown.body.problems[0]?.detail).toContain(first)
    expect((await world.api('GET', `/v1/integrations/${first}`)).body).toMatchObject({ problems: [] })
    const check = await world.api('POST', `/v1/integrations/${second}/check`)
    expect(check.body).toMatchObject({ ok: false, checked: true, problems: [problem] })
  })

  test('a new document of the younger one is refused while the tag is in it', async () => {
    const { world, first, second } = await clashing()
    await using _ = world
    isRefused(await change(world, second, { name: 'another name' }), first)
    expect(await change(world, second, { mappings: [OFFERS] })).toMatchObject({ status: 200, body: { problems: [] } })
  })

  test.each<[how: string, act: (world: World, id: string) => Promise<unknown>]>([
    ['disabled', (world, id) => change(world, id, { enabled: false })],
    ['changed', (world, id) => change(world, id, { mappings: [{ ...OFFERS, id: 'OTHER' }] })],
    ['moved', (world, id) => change(world, id, { properties: { audience_id: 'b2c3d4e5f6' } })],
    ['removed', (world, id) => world.api('DELETE', `/v1/integrations/${id}`)],
  ])('once the older one is %s, the younger one fills the tag for everybody', async (_how, act) => {
    const { world, first, second } = await clashing()
    await using _ = world
    world.mailchimp.addMergeField(AUDIENCE, { tag: 'OTHER', type: 'text' })
    world.mailchimp.addAudience({ id: 'b2c3d4e5f6', name: 'Others' })
    world.mailchimp.addMergeField('b2c3d4e5f6', { tag: 'NEWS', type: 'text' })
    await world.receives(says(true, false))
    await world.passes(60_000)
    await act(world, first)
    await world.settles()
    expect(fieldsOf(world)).toMatchObject({ NEWS: 'true', OFFERS: 'false' })
    expect((await world.api('GET', `/v1/integrations/${second}`)).body).toMatchObject({ problems: [] })
    const debts = await world.api<{ data: unknown[] }>('GET', `/v1/deliveries?integration_id=${second}`)
    expect(debts.body.data).toMatchObject([{ status: 'delivered' }])
  })
})
