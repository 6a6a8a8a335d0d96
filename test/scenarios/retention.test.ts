import { describe, expect, test } from 'vitest'
import { DAY } from '../../src/domain/instant.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const grants = event({ who: ADA, at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } })

async function delivered(): Promise<World> {
  const world = await startWorld()
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  await world.integrates()
  await world.receives(grants, 'not json')
  await world.settles()
  return world
}

const counts = async (world: World) => ({
  attempts: (await world.api<{ data: unknown[] }>('GET', '/v1/attempts')).body.data.length,
  quarantined: (await world.api<{ data: unknown[] }>('GET', '/v1/quarantine')).body.data.length,
  audit: (await world.api<{ data: unknown[] }>('GET', '/v1/audit')).body.data.length,
})

async function expires(world: World): Promise<void> {
  world.app.expiry.request()
  await world.app.expiry.idle()
}

const bodyOfEvent = async (world: World) => {
  const listed = await world.api<{ data: { id: string }[] }>('GET', '/v1/events')
  return (await world.api<{ body: string | null }>('GET', `/v1/events/${listed.body.data[0]?.id}`)).body.body
}

describe('what is kept for a while only', () => {
  test('expires after its days, while the state, the accounting and the debts stay as they are', async () => {
    await using world = await delivered()
    const before = await world.stats()
    await world.api('PATCH', '/v1/retention', { bodies: 1, quarantine: 2, attempts: 2 })
    await world.passes(1.5 * DAY)
    await expires(world)
    expect(await bodyOfEvent(world)).toBeNull()
    expect(await counts(world)).toMatchObject({ attempts: 1, quarantined: 1 })
    await world.passes(DAY)
    await expires(world)
    expect(await counts(world)).toMatchObject({ attempts: 0, quarantined: 0 })
    expect(await world.stats()).toEqual(before)

    // A repeat is still one, and the newest state is still known to be with Mailchimp.
    await world.receives(grants)
    await world.settles()
    const after = await world.stats()
    expect(after.inbox).toEqual({ ...before.inbox, received: before.inbox.received + 1, duplicate: 1 })
    expect(world.writes()).toHaveLength(1)
  })

  test('an owner shortens it, and what has expired by that goes at once', async () => {
    await using world = await delivered()
    await world.passes(2 * DAY)
    const changed = await world.api('PATCH', '/v1/retention', { attempts: 1, bodies: null })
    expect(changed).toMatchObject({
      status: 200,
      body: { bodies: null, quarantine: 90, anonymous: 90, attempts: 1, audit: 1095 },
    })
    await world.app.expiry.idle()
    expect(await counts(world)).toMatchObject({ attempts: 0 })
    expect((await world.api('GET', '/v1/retention')).body).toEqual(changed.body)
    const { body } = await world.api<{ data: { action: string }[] }>('GET', '/v1/audit')
    expect(body.data[0]?.action).toBe('retention.changed')
  })

  test.each([{ bodies: 0 }, { attempts: 1.5 }, { audit: '7' }, { facts: 9 }])('%o is refused', async change => {
    await using world = await startWorld()
    const refused = await world.api('PATCH', '/v1/retention', change)
    expect(refused).toMatchObject({
      status: 422,
      body: { errors: [{ path: expect.stringContaining(Object.keys(change)[0] ?? '') as string }] },
    })
  })

  test('goes in many steps, and other work goes on between them', async () => {
    await using world = await delivered()
    const crowd = Array.from({ length: 1_200 }, (_, n) =>
      event({ who: `p${n}@mail.test`, at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } }),
    )
    for (let n = 0; n < crowd.length; n += 400) await world.receives(crowd.slice(n, n + 400))
    await world.settles()
    expect((await world.api<{ data: unknown[] }>('GET', '/v1/attempts?limit=200')).body.data).toHaveLength(200)
    await world.passes(2 * DAY)
    await world.api('PATCH', '/v1/retention', { attempts: 1 })
    await world.app.expiry.idle()
    expect(await counts(world)).toMatchObject({ attempts: 0 })
  })
})
