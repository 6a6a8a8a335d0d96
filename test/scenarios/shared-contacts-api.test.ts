import { describe, expect, test } from 'vitest'
import { BY_EMAIL, HOME, news, says, settlesAfterEach, WORK, aSharedWorld as aWorld } from '../shared-records.ts'

const MADE = says('ada', { email: HOME, newsletter: true }, 1)

describe('what the API tells of contacts of several persons', () => {
  test('R16b: what a dry run and a comparison show is what a delivery does', async () => {
    await using world = await aWorld()
    const id = await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [MADE, says('ben', { email: HOME, newsletter: false }, 2)])
    const supposed = says('cyd', { email: HOME, newsletter: true }, 3)
    const dry = await world.api('POST', `/v1/integrations/${id}/plan`, { person: 'cyd', events: [supposed] })
    expect(JSON.stringify(dry.body)).toContain('"NEWS":"true"')
    const { body: now } = await world.api('GET', `/v1/people/ada/mailchimp?integration_id=${id}`)
    expect(now).toMatchObject({ should_hold: { NEWS: 'false' }, drift: [] })
  })

  test('R16f: because of a document nothing is written, and the answer says how many contacts stay behind', async () => {
    await using world = await aWorld()
    const id = await world.integrates(BY_EMAIL)
    await settlesAfterEach(world, [
      MADE,
      says('ben', { email: HOME, newsletter: true }, 2),
      says('cyd', { email: WORK, newsletter: true }, 2),
    ])
    const before = world.writes().length
    const change = async (changes: Readonly<Record<string, unknown>>) => {
      const { body } = await world.api<{ contacts_left: number }>('PATCH', `/v1/integrations/${id}`, changes)
      await world.settles()
      return body.contacts_left
    }
    expect(await change({ name: 'the shop' })).toBe(0)
    expect(await change({ enabled: false })).toBe(2)
    expect(await change({ enabled: true })).toBe(0)
    expect(await change({ options: { match: 'email' } })).toBe(2)
    expect(await change({ options: { match: 'metadata_email' } })).toBe(2)
    expect(world.writes()).toHaveLength(before)
    await world.api('DELETE', `/v1/integrations/${id}`)
    const { body } = await world.api<{ data: unknown[] }>('GET', '/v1/audit')
    expect(body.data[0]).toMatchObject({ action: 'integration.removed', detail: { contacts_left: 2 } })
    expect([news(world, HOME), news(world, WORK)]).toEqual(['true', 'true'])
  })
})
