import { describe, expect, test } from 'vitest'
import { DAY, MINUTE } from '../../src/domain/instant.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const says = (newsletter: boolean, who = ADA) => event({ who, at: '2026-11-23T08:00:00Z', purposes: { newsletter } })

type Delivery = { readonly status: string; readonly reason: string; readonly says: string; readonly next: string }

async function deliveryIn(world: World): Promise<Delivery | undefined> {
  const { body } = await world.api<{ data: Delivery[] }>('GET', '/v1/deliveries')
  return body.data[0]
}

const upserting = async (): Promise<World> => {
  const world = await startWorld()
  await world.integrates({ upsert_mode: true, options: { new_contact_status: 'subscribed' } })
  return world
}

const FORM = 'Only the person can subscribe again, with a Mailchimp form.'

describe('R25: what Mailchimp refuses for good is dead at once, explained, and never tried again', () => {
  test('an address that was permanently deleted', async () => {
    await using world = await upserting()
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    world.mailchimp.act(AUDIENCE, ADA, 'forget')
    await world.receives(says(true))
    await world.passes(DAY)
    expect(await deliveryIn(world)).toMatchObject({
      status: 'dead',
      reason: 'forgotten',
      says: 'The contact was permanently deleted at Mailchimp and cannot be imported again.',
      next: FORM,
    })
    expect(world.writes()).toHaveLength(1)
  })

  test('a contact in a compliance state', async () => {
    await using world = await upserting()
    const detail = `${ADA} is in a compliance state due to unsubscribe, bounce, or compliance review and cannot be subscribed.`
    const body = { title: 'Member In Compliance State', status: 400, detail, instance: 'c0ffee' }
    world.mailchimp.addFault({ match: { method: 'PUT' }, fault: { status: 400, body } })
    await world.receives(says(true))
    await world.passes(DAY)
    expect(await deliveryIn(world)).toMatchObject({
      status: 'dead',
      reason: 'compliance_state',
      says: 'The person left this audience or bounced there, and Mailchimp lets no API call bring them back.',
      next: FORM,
    })
    expect(world.writes()).toHaveLength(1)
  })

  test.each([
    ['looks fake', 'ada@example.com'],
    ['is what people type to try a form', 'asdf@mail.test'],
  ])('an address that %s, even of a withdrawal', async (_, who) => {
    await using world = await upserting()
    await world.receives(says(false, who))
    await world.passes(DAY)
    expect(await deliveryIn(world)).toMatchObject({
      status: 'dead',
      reason: 'address_refused',
      says: 'Mailchimp takes this address for fake or invalid.',
      next: 'Correct the address in Didomi; nothing else will help.',
    })
    expect(world.writes()).toHaveLength(1)
  })

  test('an address that another contact took meanwhile', async () => {
    await using world = await upserting()
    world.mailchimp.addFault({
      match: { method: 'PUT' },
      fault: {
        status: 400,
        title: 'Invalid Resource',
        errors: [
          { field: 'email address', message: `"${ADA}" is already in this list with a status of "subscribed".` },
        ],
      },
    })
    await world.receives(says(true))
    await world.passes(DAY)
    expect(await deliveryIn(world)).toMatchObject({ status: 'dead', reason: 'address_conflict' })
    expect((await deliveryIn(world))?.next).not.toBe('')
    expect(world.writes()).toHaveLength(1)
  })
})

describe('R26: an address that signed up to a lot of lists lately', () => {
  const waits = (world: World): number[] => {
    const arrived = world.mailchimp.requests().flatMap(({ method, arrived_at }) => (method === 'PUT' ? arrived_at : []))
    return arrived.slice(1).map((at, index) => at - (arrived[index] ?? at))
  }

  test('is tried again after 5 minutes, 1, 2 and 7 days, and a grant is dead then', async () => {
    await using world = await upserting()
    world.mailchimp.act(AUDIENCE, ADA, 'throttle')
    await world.receives(says(true))
    await world.passes(MINUTE)
    expect(await deliveryIn(world)).toMatchObject({ status: 'waiting', reason: 'signup_throttled', next: null })
    await world.settles()
    await world.passes(DAY)
    expect(waits(world)).toEqual([5 * MINUTE, DAY, 2 * DAY, 7 * DAY])
    expect(await deliveryIn(world)).toMatchObject({ status: 'dead', reason: 'expired' })
  })

  test('is delivered as soon as Mailchimp takes it', async () => {
    await using world = await upserting()
    world.mailchimp.act(AUDIENCE, ADA, 'throttle')
    await world.receives(says(true))
    await world.passes(DAY)
    world.mailchimp.act(AUDIENCE, ADA, 'unthrottle')
    await world.settles()
    expect(waits(world)).toEqual([5 * MINUTE, DAY])
    expect(world.mailchimp.contact(AUDIENCE, ADA)).toMatchObject({
      status: 'subscribed',
      merge_fields: { NEWS: 'true' },
    })
  })
})
