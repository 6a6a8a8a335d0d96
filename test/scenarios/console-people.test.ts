import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const md5 = (text: string): string => createHash('md5').update(text).digest('hex')

type Found = { readonly data: { person: string; source_id: string; facts: number; last_at: string }[] }

const search = (world: World, text: string) => world.api<Found>('GET', `/v1/people?search=${encodeURIComponent(text)}`)

const says = (who: string, newsletter = true, at = '2026-11-20T10:00:00Z') =>
  event({ who, at, purposes: { newsletter } })

describe('looking for people', () => {
  test('finds nobody where nobody is', async () => {
    await using world = await startWorld()
    for (const text of ['ada', md5(ADA), '%00', '\0']) expect((await search(world, text)).body).toEqual({ data: [] })
  })

  test('finds them by the beginning of their id in any case, and by the MD5 of what was delivered to', async () => {
    await using world = await startWorld({ feed: 'event' })
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    await world.integrates()
    await world.receives(says(ADA), says(ADA, false, '2026-11-20T11:00:00Z'), says('Customer-42'))
    await world.settles()
    const { body } = await search(world, ' ADA@')
    expect(body.data).toEqual([
      { person: ADA, source_id: world.source.id, facts: 2, last_at: new Date(world.now()).toISOString() },
    ])
    expect((await search(world, md5(ADA).toUpperCase())).body).toEqual(body)
    const hash = md5(ADA)
    await world.receives(says(hash))
    expect((await search(world, hash)).body.data).toMatchObject([
      { person: ADA, facts: 2 },
      { person: hash, facts: 1 },
    ])
    expect((await search(world, 'cUsTomer')).body.data).toMatchObject([{ person: 'Customer-42', facts: 1 }])
    expect((await search(world, md5('bob@mail.test'))).body.data).toEqual([])
  })

  test('is refused without anything to look for', async () => {
    await using world = await startWorld()
    for (const query of ['', '?search=', '?search=%20']) {
      const { status, body } = await world.api('GET', `/v1/people${query}`)
      expect([status, body['errors']]).toMatchObject([422, [{ path: 'search' }]])
    }
  })
})
