import { describe, expect, test } from 'vitest'
import { startApp } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { freshPostgres } from '../databases.ts'
import { PATIENT } from '../patient.ts'
import { AUDIENCE, event, startWorld, type Stats, type WorldOptions } from '../world.ts'

const HOSTILE: readonly unknown[] = [
  '[]',
  '{}',
  'null',
  '"\\ud800"',
  '\u0000',
  '{"type":"event.created","parameters":{"entity":{"id":"a\\u0000b"}}}',
  '{"type":"event.created","parameters":{"entity":{"id":"x","user":{"organization_user_id":"\\ud800@mail.test"}}}}',
  `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
  event({ who: 'a@mail.test', at: '2026-11-20T10:00:00Z', purposes: { constructor: true, toString: false } }),
  '{"type":"event.created","parameters":{"entity":{"id":"p","created_at":"2026-11-20T10:00:00Z","user":{"id":"u","organization_user_id":"b@mail.test"},"consents":{"purposes":[{"id":"__proto__","enabled":true},{"id":"constructor","enabled":false}]},"__proto__":{"polluted":true}}}}',
  event({ who: 'd@mail.test', at: '2026-11-20T10:00:00Z', purposes: { 'nul\u0000': true, 'half\ud800': false } }),
  event({ who: `${'x'.repeat(600)}@mail.test`, at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }),
  event({ who: "'; drop table fact; --", at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }),
  event({ who: 'c@mail.test', at: '+275760-09-13T00:00:00Z', purposes: { newsletter: true } }),
]

const identity = ({ inbox: { received, ...rest } }: Stats): [number, number] => [
  received,
  Object.values(rest).reduce((sum, n) => sum + n, 0),
]

async function everythingOn(options: WorldOptions): Promise<void> {
  await using world = await startWorld({ feed: 'event', ...options })
  world.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  await world.integrates()
  await world.receives(...HOSTILE)
  await world.receives(event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }))
  await world.settles()
  const [received, sum] = identity(await world.stats())
  // An empty list is a body without records; each of the others is one.
  expect(received).toBe(HOSTILE.length)
  expect(sum).toBe(received)
  expect(world.mailchimp.contact(AUDIENCE, 'ada@mail.test')?.['merge_fields']).toMatchObject({ NEWS: 'true' })
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  const { body } = await world.api<{ sources: { choices: unknown[] }[] }>('GET', '/v1/people/b@mail.test')
  expect(body.sources[0]?.choices).toHaveLength(2)
}

describe('the whole app, hostile bodies among ordinary ones (I16: every record in exactly one count)', () => {
  test('on SQLite', () => everythingOn({}))

  test('on PostgreSQL', async () => {
    const { db, url } = await freshPostgres()
    try {
      await everythingOn({ databaseUrl: url })
    } finally {
      await db.close()
    }
  })
})

test('a second instance on one PostgreSQL is refused while the first lives', async () => {
  const { db, url } = await freshPostgres()
  try {
    await using world = await startWorld({ databaseUrl: url })
    const config = readConfig({
      CONSENT_RELAY_PORT: '0',
      CONSENT_RELAY_DATABASE_URL: url,
      CONSENT_RELAY_LOG_LEVEL: 'silent',
    })
    const epoch = world.app.lease.epoch()
    await expect(startApp(config, { limits: PATIENT })).rejects.toThrow('another instance')
    expect(world.app.lease.epoch()).toBe(epoch)
  } finally {
    await db.close()
  }
})
