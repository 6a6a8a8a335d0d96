import { describe, expect, test } from 'vitest'
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
  test.each([
    ['names none', { title: 'Invalid Resource', detail: 'Your merge fields were invalid.' }],
    ['is one that nobody knows', { title: 'Something New', detail: 'The request could not be understood.' }],
  ])('I17: it is found out, and everything else goes through, when the refusal %s', async (_, fault) => {
    await using world = await worldRefusing(['OFFERS'], fault)
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
