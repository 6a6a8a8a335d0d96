import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { apiOf, OWNER_TOKEN, runProgram, serviceIn, startListening, temporaryFolder } from '../child.ts'
import { freshPostgres } from '../databases.ts'

const ANNOUNCED = /API token, shown once: (\S+)/

const linesOf = (text: string): string[] => text.split('\n').filter(line => line !== '')

test('standard output is one JSON line, standard error is JSON lines, SIGTERM and SIGINT end it with 0', async () => {
  await using folder = await temporaryFolder()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const env = serviceIn(folder.path, { CONSENT_RELAY_LOG_LEVEL: 'trace' })
    await using service = await startListening(['serve'], env)
    await quarantinesOne(service.url)
    expect(await service.kill(signal)).toEqual({ code: 0, signal: null })
    expect(service.stdout()).toBe(`${JSON.stringify({ event: 'listening', url: service.url })}\n`)
    const logged = linesOf(service.stderr()).map(line => JSON.parse(line) as { level: number })
    expect(logged.filter(({ level }) => level >= 30)).toEqual([
      expect.objectContaining({ level: 40, msg: 'part of a body was set apart' }),
    ])
  }
})

async function quarantinesOne(url: string): Promise<void> {
  type Made = { webhook_url: string; authentication: { token: string } }
  const { body } = await apiOf(url)<Made>('POST', '/v1/sources', { name: 's', authentication: { type: 'bearer' } })
  const headers = { authorization: `Bearer ${body.authentication.token}`, 'content-type': 'application/json' }
  expect((await fetch(body.webhook_url, { method: 'POST', headers, body: 'no JSON' })).status).toBe(202)
}

test('on PostgreSQL, too, SIGTERM ends it with 0 and without a complaint', async () => {
  await using folder = await temporaryFolder()
  const { db, url } = await freshPostgres()
  await using service = await startListening(['serve'], serviceIn(folder.path, { CONSENT_RELAY_DATABASE_URL: url }))
  expect(await service.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(service.stderr()).toBe('')
  await db.close()
})

test('the first start shows an owner token once, and it works from then on', async () => {
  await using folder = await temporaryFolder()
  const env = serviceIn(folder.path, { CONSENT_RELAY_BOOTSTRAP_TOKEN: '' })
  await using first = await startListening(['serve'], env)
  const token = ANNOUNCED.exec(first.stderr())?.[1] ?? ''
  expect(token.length).toBeGreaterThanOrEqual(32)
  expect((await apiOf(first.url, token)('GET', '/v1/tokens')).status).toBe(200)
  expect((await apiOf(first.url, `${token}x`)('GET', '/v1/tokens')).status).toBe(401)
  expect(await first.kill('SIGTERM')).toEqual({ code: 0, signal: null })
  expect(first.stderr().split(token)).toHaveLength(2)

  await using second = await startListening(['serve'], env)
  expect((await apiOf(second.url, token)('GET', '/v1/tokens')).status).toBe(200)
  await second.kill('SIGTERM')
  expect(second.stderr()).toBe('')
})

test('a configured first token works and is shown nowhere', async () => {
  await using folder = await temporaryFolder()
  await using service = await startListening(['serve'], serviceIn(folder.path))
  expect((await apiOf(service.url)('GET', '/v1/tokens')).status).toBe(200)
  await service.kill('SIGTERM')
  expect(service.stderr() + service.stdout()).not.toContain(OWNER_TOKEN)
})

/** An address that somebody else listens at. */
async function takenPort(): Promise<AsyncDisposable & { readonly port: string }> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: String((server.address() as AddressInfo).port),
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

test('a port that is taken ends the start with 1 and its number', async () => {
  await using folder = await temporaryFolder()
  await using taken = await takenPort()
  const { code, signal, stdout, stderr } = await runProgram(['serve'], {
    ...serviceIn(folder.path),
    CONSENT_RELAY_PORT: taken.port,
  })
  expect({ code, signal, stdout }).toEqual({ code: 1, signal: null, stdout: '' })
  expect(stderr).toContain(taken.port)
})

test('a first start that came to nothing does not use up the owner token', async () => {
  await using folder = await temporaryFolder()
  await using taken = await takenPort()
  const env = serviceIn(folder.path, { CONSENT_RELAY_BOOTSTRAP_TOKEN: '' })
  const failed = await runProgram(['serve'], { ...env, CONSENT_RELAY_PORT: taken.port })
  await using service = await startListening(['serve'], env)
  const token = ANNOUNCED.exec(failed.stderr + service.stderr())?.[1] ?? 'none was ever shown'
  expect((await apiOf(service.url, token)('GET', '/v1/tokens')).status).toBe(200)
})

test('a database that cannot be reached ends the start with 1, names it, and keeps its password (I11)', async () => {
  await using folder = await temporaryFolder()
  const { code, signal, stdout, stderr } = await runProgram(
    ['serve'],
    serviceIn(folder.path, { CONSENT_RELAY_DATABASE_URL: 'postgres://relay:open-sesame@127.0.0.1:1/relay' }),
  )
  expect({ code, signal, stdout }).toEqual({ code: 1, signal: null, stdout: '' })
  expect(stderr).toContain('ECONNREFUSED')
  expect(stderr).not.toContain('open-sesame')
})
