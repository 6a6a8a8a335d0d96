import { describe, expect, test } from 'vitest'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const NEWS = { id: 'NEWS', value: 'consents_purposes_newsletter_enabled' }
const FIELDS = [
  { tag: 'BORN', type: 'date', options: { date_format: 'DD/MM/YYYY' } },
  { tag: 'BDAY', type: 'birthday', options: { date_format: 'DD/MM' } },
  { tag: 'PHONE2', type: 'phone', options: { phone_format: 'US' } },
  { tag: 'LEVEL', type: 'number' },
  { tag: 'SITE', type: 'url' },
] as const

async function aWorld(): Promise<World> {
  const world = await startWorld({ feed: 'event' })
  for (const field of FIELDS) world.mailchimp.addMergeField(AUDIENCE, field)
  world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
  const mapped = FIELDS.map(({ tag }) => ({ id: tag, value: `metadata_${tag}` }))
  await world.integrates({ mappings: [NEWS, ...mapped] })
  return world
}

const says = (newsletter: boolean, metadata: Readonly<Record<string, string>>, at: string) => {
  const told = event({ who: ADA, at, purposes: { newsletter } })
  const { entity } = told.parameters
  return { ...told, parameters: { entity: { ...entity, user: { ...entity.user, metadata } } } }
}

const fieldsOf = (world: World): unknown => world.mailchimp.contact(AUDIENCE, ADA)?.['merge_fields']
const debts = async (world: World): Promise<unknown> =>
  (await world.api<{ data: unknown[] }>('GET', '/v1/deliveries')).body.data

describe('R13: values and the formats of their merge fields', () => {
  test('what fits is stored as it was meant', async () => {
    await using world = await aWorld()
    const values = { BORN: '02/05/1990', BDAY: '31/12', PHONE2: '(212) 555-0123', LEVEL: '7', SITE: 'https://a.test/x' }
    await world.receives(says(true, values, '2026-11-23T08:00:00Z'))
    await world.settles()
    expect(fieldsOf(world)).toMatchObject({
      NEWS: 'true',
      BORN: '1990-05-02',
      BDAY: '12/31',
      PHONE2: '(212) 555-0123',
      LEVEL: 7,
      SITE: 'https://a.test/x',
    })
    expect(await debts(world)).toMatchObject([{ status: 'delivered' }])
    expect(world.writes()).toHaveLength(1)
  })

  test.each<[what: string, values: Readonly<Record<string, string>>]>([
    ['a date in the other order', { BORN: '05/31/1990' }],
    ['a birthday in the other order', { BDAY: '12/31' }],
    ['a phone of another country', { PHONE2: '+33 1 23 45 67 89' }],
    ['a number that is none', { LEVEL: 'seven' }],
    ['more digits than a field holds', { LEVEL: `${'0'.repeat(1_000)}x` }],
    ['a longer address than a field holds', { SITE: `https://${'a.'.repeat(500)} ` }],
  ])('I17: %s is set aside, and the withdrawal beside it is delivered', async (_, values) => {
    await using world = await aWorld()
    await world.receives(says(true, {}, '2026-11-23T07:00:00Z'), says(false, values, '2026-11-23T08:00:00Z'))
    await world.passes(60_000)
    expect(fieldsOf(world)).toMatchObject({ NEWS: 'false' })
    expect(await debts(world)).toMatchObject([{ status: 'held', reason: 'value_unfit' }])
    const [tag = ''] = Object.keys(values)
    for (const { body } of world.writes()) expect(body).not.toHaveProperty(`merge_fields.${tag}`)
  })

  test.each<[what: string, values: Readonly<Record<string, string>>]>([
    ['digits without an end', { LEVEL: `${'0'.repeat(400_000)}x` }],
    ['an address without an end', { SITE: `https://${'a.'.repeat(200_000)} ` }],
  ])('I17: %s is set apart as it comes in, and the withdrawal beside it is delivered', async (_, values) => {
    await using world = await aWorld()
    await world.receives(says(true, {}, '2026-11-23T07:00:00Z'), says(false, values, '2026-11-23T08:00:00Z'))
    await world.passes(60_000)
    expect(fieldsOf(world)).toMatchObject({ NEWS: 'false' })
    expect(await debts(world)).toMatchObject([{ status: 'delivered' }])
    const { body } = await world.api<{ data: { faults: { why: string }[] }[] }>('GET', '/v1/quarantine')
    expect(body.data).toMatchObject([{ faults: [{ why: 'must have at most 1,024 bytes' }] }])
  })
})
