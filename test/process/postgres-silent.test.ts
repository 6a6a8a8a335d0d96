import { expect, test } from 'vitest'
import { runProgram, serviceIn, startListening, temporaryFolder } from '../child.ts'
import { freshPostgres } from '../databases.ts'
import { proxyOf } from '../tcp-proxy.ts'

test('R32: a stop that PostgreSQL does not answer ends with 1, and a line in the log says why', async () => {
  await using folder = await temporaryFolder()
  const { db, url } = await freshPostgres()
  await using proxy = await proxyOf(url)
  const env = serviceIn(folder.path, { CONSENT_RELAY_DATABASE_URL: proxy.through(url) })
  await using service = await startListening(['serve'], env)
  const renews = proxy.swallowed()
  proxy.swallow()
  await renews
  expect(await service.kill('SIGTERM')).toEqual({ code: 1, signal: null })
  expect(service.stderr()).toMatch(/"reason":"store_silent".*"msg":"the stop was cut short"/)
  expect(service.stderr()).toContain('the store does not answer; what was acknowledged is in it')
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
