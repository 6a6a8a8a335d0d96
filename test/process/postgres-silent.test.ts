import { expect, test } from 'vitest'
import { createSimulator } from '../../simulator/simulator.ts'
import { runProgram, serviceIn, startListening, temporaryFolder, until } from '../child.ts'
import { connect, TAGS } from '../crash/relay.ts'
import { freshPostgres } from '../databases.ts'
import { proxyOf } from '../tcp-proxy.ts'
import { AUDIENCE, event } from '../world.ts'

test('R32: a stop that cannot record what is under way ends with 1, and a line in the log says why', async () => {
  await using folder = await temporaryFolder()
  const { db, url } = await freshPostgres()
  await using proxy = await proxyOf(url)
  const { control, url: mailchimp, close } = await createSimulator({ latencyMs: 0 })
  for (const tag of TAGS) control.addMergeField(AUDIENCE, { tag, type: 'text' })
  control.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  const env = { CONSENT_RELAY_DATABASE_URL: proxy.through(url), CONSENT_RELAY_MAILCHIMP_URL: mailchimp }
  await using service = await startListening(['serve'], serviceIn(folder.path, env))
  const { id, token } = await connect(service.url)
  control.addFault({ match: { method: 'PATCH' }, fault: { stall: true } })
  await fetch(`${service.url}/webhooks/didomi/${id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } })),
  })
  await until('a request is under way', () =>
    Promise.resolve(control.requests().find(({ method }) => method === 'PATCH')),
  )
  proxy.swallow()
  expect(await service.kill('SIGTERM')).toEqual({ code: 1, signal: null })
  expect(service.stderr()).toMatch(/"step":"deliveries","reason":"store_silent".*"msg":"the stop was cut short"/)
  expect(service.stderr()).toContain('the store does not answer; what was acknowledged is in it')
  await close()
  await db.close()
})

test('I14: migrate is refused beside a service, and goes when that was killed, without a wait for its lease', async () => {
  await using folder = await temporaryFolder()
  const { db, url } = await freshPostgres()
  const env = serviceIn(folder.path, { CONSENT_RELAY_DATABASE_URL: url })
  await using service = await startListening(['serve'], env)
  const refused = await runProgram(['migrate'], env)
  expect([refused.code, refused.stderr]).toEqual([
    1,
    'waits for the lease of another process to run out, unless that one lives\nanother instance of Consent Relay works on this database; only one may\n',
  ])
  await service.kill()
  expect(await runProgram(['migrate'], env)).toMatchObject({ code: 0, stderr: '' })
  await db.close()
})
