import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { apiOf, OWNER_TOKEN, runProgram, serviceIn, startListening, temporaryFolder, type Child } from '../child.ts'
import { freshPostgres } from '../databases.ts'
import { OWNER, tokenIn, visitorOf } from '../visitor.ts'

/** What is said to the person who started it, while there is no account. */
const ANNOUNCED = /^There is no account yet\. This link makes the owner's, once: (\S+)\n/

const setupTokenIn = (service: Child): string => tokenIn(ANNOUNCED.exec(service.stderr())?.[1])

/** Standard error without that. */
const logOf = (service: Child): string => service.stderr().replace(ANNOUNCED, '')

const linesOf = (text: string): string[] => text.split('\n').filter(line => line !== '')

test('standard output is one JSON line, the log is JSON lines on standard error, SIGTERM and SIGINT end it with 0', async () => {
  await using folder = await temporaryFolder()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const env = serviceIn(folder.path, { CONSENT_RELAY_LOG_LEVEL: 'trace' })
    await using service = await startListening(['serve'], env)
    await quarantinesOne(service.url)
    expect(await service.kill(signal)).toEqual({ code: 0, signal: null })
    expect(service.stdout()).toBe(`${JSON.stringify({ event: 'listening', url: service.url })}\n`)
    const logged = linesOf(logOf(service)).map(line => JSON.parse(line) as { level: number })
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
  expect(logOf(service)).toBe('')
  await db.close()
})

test('each start shows a new set-up link, and makes the one before void, until there is an account', async () => {
  await using folder = await temporaryFolder()
  const env = serviceIn(folder.path, { CONSENT_RELAY_BOOTSTRAP_TOKEN: '' })
  const shown: string[] = []
  for (let n = 0; n < 2; n++) {
    await using service = await startListening(['serve'], env)
    await service.kill('SIGTERM')
    shown.push(setupTokenIn(service))
  }
  await using third = await startListening(['serve'], env)
  for (const old of shown) expect((await visitorOf(third.url).setUp(old)).status).toBe(403)
  expect((await visitorOf(third.url).setUp(setupTokenIn(third))).status).toBe(201)
  await third.kill('SIGTERM')
  expect(new Set([...shown, setupTokenIn(third)]).size).toBe(3)

  await using fourth = await startListening(['serve'], env)
  expect((await visitorOf(fourth.url).signIn(OWNER.email, OWNER.password)).status).toBe(200)
  await fourth.kill('SIGTERM')
  expect(fourth.stderr()).toBe('')
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
