import { describe, expect, test } from 'vitest'
import { MINUTE } from '../../src/domain/instant.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const TAGS = ['NEWS', 'OFFERS', 'PARTNERS', 'SURVEYS']

/** A world where each of four purposes has its merge field, and Mailchimp refuses whatever names one of `refused`. */
async function worldRefusing(refused: readonly string[], fault: object): Promise<World> {
  const world = await startWorld()
  for (const tag of TAGS.slice(1)) world.mailchimp.addMergeField(AUDIENCE, { tag, type: 'text' })
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  await world.integrates({
    mappings: TAGS.map(id => ({ id, value: `consents_purposes_${id.toLowerCase()}_enabled` })),
  })
  for (const tag of refused)
    world.mailchimp.addFault({ match: { method: 'PATCH', body: `"${tag}"` }, fault: { status: 400, ...fault } })
  return world
}

const held = (world: World) => {
  const { merge_fields: fields } = world.mailchimp.contact(AUDIENCE, ADA) as {
    merge_fields: Readonly<Record<string, string>>
  }
  return Object.fromEntries(TAGS.map(tag => [tag, fields[tag]]))
}
const CHOICES = event({
  who: ADA,
  at: '2026-11-23T08:00:00Z',
  purposes: { news: true, offers: true, partners: false, surveys: true },
})

type Shown = { data: { status: string; reason: string; says: string; detail: string }[] }

describe('R13: Mailchimp refuses a request over a field and does not say which', () => {
  test('I17: it is found out, and everything else goes through', async () => {
    await using world = await worldRefusing(['OFFERS'], { title: 'Invalid Resource', detail: 'Invalid.' })
    await world.receives(CHOICES)
    await world.settles()
    expect(held(world)).toEqual({ NEWS: 'true', OFFERS: '', PARTNERS: 'false', SURVEYS: 'true' })
    const { body } = await world.api<Shown>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ status: 'held', reason: 'value_refused' }])
    expect(body.data[0]?.detail).toContain('OFFERS')
    expect(world.writes().length).toBeLessThan(2 * TAGS.length)
    // What takes something back is in the first request that is tried apart.
    const second = world.writes()[1]?.body as { merge_fields: object }
    expect(Object.keys(second.merge_fields)).toContain('PARTNERS')
  })

  test.each([
    ['one field', ['OFFERS']],
    ['two fields', ['NEWS', 'OFFERS']],
    ['what takes something back', ['PARTNERS']],
    ['all fields', TAGS],
  ])('R25: an answer of no document to %s holds up no other field, and is asked again', async (_, refused) => {
    await using world = await worldRefusing(refused, { title: 'Something New', detail: 'Not understood.' })
    await world.receives(CHOICES)
    await world.passes(5 * MINUTE)
    const all = { NEWS: 'true', OFFERS: 'true', PARTNERS: 'false', SURVEYS: 'true' }
    const without = Object.fromEntries(
      Object.entries(all).map(([tag, value]) => [tag, refused.includes(tag) ? '' : value]),
    )
    expect(held(world)).toEqual(without)
    const { body } = await world.api<Shown>('GET', '/v1/deliveries')
    expect(body.data).toMatchObject([{ status: 'waiting', reason: 'answer_unknown' }])
    expect(world.writes().length).toBeLessThan(4 * TAGS.length)
    world.mailchimp.clearFaults()
    await world.settles()
    expect(held(world)).toEqual(all)
    expect((await world.stats()).deliveries).toMatchObject({ delivered: 1, held: 0, dead: 0 })
  })

  test('a newer choice starts anew, with everything', async () => {
    await using world = await worldRefusing(['OFFERS', 'NEWS'], { title: 'Invalid Resource', detail: 'no' })
    await world.receives(CHOICES)
    await world.settles()
    expect(held(world)).toEqual({ NEWS: '', OFFERS: '', PARTNERS: 'false', SURVEYS: 'true' })
    world.mailchimp.clearFaults()
    await world.receives(event({ who: ADA, at: '2026-11-23T09:00:00Z', purposes: { surveys: false } }))
    await world.settles()
    expect(held(world)).toEqual({ NEWS: 'true', OFFERS: 'true', PARTNERS: 'false', SURVEYS: 'false' })
    expect((await world.stats()).deliveries).toMatchObject({ delivered: 1, held: 0 })
  })
})
