import { describe, expect, test } from 'vitest'
import { event, startWorld, type World } from '../world.ts'

type Paths = { readonly examined: number; readonly data: { path: string; people: number; samples: string[] }[] }

const ask = (world: World, id = world.source.id) => world.api<Paths>('GET', `/v1/sources/${id}/paths`)

describe('the paths that a source could fill', () => {
  test('are none before anything was told', async () => {
    await using world = await startWorld()
    expect((await ask(world)).body).toEqual({ examined: 0, data: [] })
    expect((await ask(world, 'src_none')).status).toBe(404)
  })

  test('are those of what its people told, commonest first, each fit for a mapping', async () => {
    await using world = await startWorld({ feed: 'event' })
    const at = '2026-11-20T10:00:00Z'
    await world.receives(
      event({ who: 'ada@mail.test', at, purposes: { newsletter: true, offers: false } }),
      event({ who: 'bob@mail.test', at, purposes: { newsletter: false, cookies: null } }),
      event({ who: undefined, at, purposes: { ads: true } }),
    )
    const { body } = await ask(world)
    expect(body.examined).toBe(3)
    const consents = body.data.filter(({ path }) => path.startsWith('consents_'))
    expect(consents).toEqual([
      {
        path: 'consents_purposes_newsletter_enabled',
        place: 'purpose "newsletter"',
        kind: 'yes_no',
        people: 2,
        samples: ['false', 'true'],
      },
      {
        path: 'consents_purposes_offers_enabled',
        place: 'purpose "offers"',
        kind: 'yes_no',
        people: 1,
        samples: ['false'],
      },
    ])
    expect(JSON.stringify(body)).not.toContain('@mail.test')
    for (const { path } of body.data) {
      const id = await world.integrates({ mappings: [{ id: 'NEWS', value: path }] })
      await world.api('DELETE', `/v1/integrations/${id}`)
    }
  })
})
