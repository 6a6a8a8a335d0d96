import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freshPostgres } from '../databases.ts'
import { addressOf, faultIn, ODD_PARTS, send, startDriven } from '../hostile-requests.ts'
import { connectTo, statusesIn } from '../raw-connection.ts'
import { pairsOf } from '../share.ts'
import { startWorld, type World } from '../world.ts'

type Odd = readonly [name: string, sent: string, status: number]

const POST = 'POST /v1/session HTTP/1.1\r\nHost: a\r\n'
const CHUNKED = 'Transfer-Encoding: chunked\r\n'

const ODD: readonly Odd[] = [
  ['a NUL in the path', 'GET /v1/\0 HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n', 400],
  ['a method that is none', 'FOO / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['another protocol', 'GET / FTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['another version', 'GET / HTTP/4.0\r\nHost: a\r\n\r\n', 400],
  ['no host', 'GET /healthz HTTP/1.1\r\n\r\n', 400],
  ['two hosts', 'GET /healthz HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n', 400],
  ['one host twice', 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400],
  ['a header without a name', 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n', 400],
  ['bare line feeds', 'GET /healthz HTTP/1.1\nHost: a\n\n', 400],
  ['a bare carriage return', 'GET / HTTP/1.1\r\nHost: a\r\nX: a\rY: b\r\n\r\n', 400],
  ['two lengths', `${POST}Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]`, 400],
  ['a length in a list', `${POST}Content-Length: 2, 2\r\n\r\n[]`, 400],
  ['a negative length', `${POST}Content-Length: -2\r\n\r\n[]`, 400],
  ['a length that is none', `${POST}Content-Length: 0x2\r\n\r\n[]`, 400],
  ['a length and chunks', `${POST}Content-Length: 2\r\n${CHUNKED}\r\n0\r\n\r\n`, 400],
  ['chunks that are not the last encoding', `${POST}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, 400],
  ['a chunk whose size is none', `${POST}${CHUNKED}\r\nzz\r\n`, 400],
  ['a chunk that is too large to count', `${POST}${CHUNKED}\r\nFFFFFFFFFFFFFFFFF\r\n`, 400],
  [
    'a chunk that is longer than it says',
    `${POST}Content-Type: application/json\r\n${CHUNKED}\r\n2\r\n[]x\r\n0\r\n\r\n`,
    400,
  ],
  ['headers of 20 kB', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['a path of 20 kB', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ['a part of a path of 2 kB', `GET /v1/people/${'a'.repeat(2_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ['a path that is no UTF-8', 'GET /v1/people/%ED%A0%80 HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['a star', 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 404],
  ['TRACE', 'TRACE /healthz HTTP/1.1\r\nHost: a\r\n\r\n', 405],
  ['a greeting of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
]

describe('a request that is none', () => {
  let world: World
  beforeAll(async () => void (world = await startWorld()))
  afterAll(() => world[Symbol.asyncDispose]())

  test.each(ODD)('%s is refused with a problem that says so', async (_name, sent, status) => {
    using client = connectTo(world.app.url)
    await client.write(Buffer.from(sent, 'latin1'))
    const text = await client.until(/\r\n\r\n\{[^]*\}$/)
    expect(statusesIn(text)).toEqual([status])
    expect(text).toMatch(/content-type: application\/problem\+json/i)
    expect(text).toMatch(/"type":"urn:consent-relay:problem:/)
  })

  test.each(ODD.filter(([, , status]) => status !== 404 && status !== 405))(
    '%s is seen by a sender that goes on',
    async (_name, sent, status) => {
      using client = connectTo(world.app.url)
      await client.write(Buffer.from(sent, 'latin1'))
      for (let n = 0; n < 20; n++) await client.write('x'.repeat(50_000))
      client.end()
      const { text, reset } = await client.ended()
      expect([statusesIn(text)[0], reset]).toEqual([status, false])
    },
  )

  test('what CONNECT asks for is not served, and the service goes on', async () => {
    using client = connectTo(world.app.url)
    await client.write('CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(statusesIn((await client.ended()).text)).toEqual([])
    expect((await fetch(`${world.app.url}/healthz`)).status).toBe(200)
  })
})

describe.each([
  ['sqlite', () => Promise.resolve({ options: {}, close: () => Promise.resolve() })],
  [
    'postgres',
    async () => {
      const { url, db } = await freshPostgres()
      return { options: { databaseUrl: url }, close: () => db.close() }
    },
  ],
] as const)('an odd address, on %s', (_store, open) => {
  test('is no bug of ours at any route, of a stranger or of a caller, in its path or its query', async () => {
    const { options, close } = await open()
    {
      await using driven = await startDriven(options)
      const { world, routes } = driven
      expect(routes.length).toBeGreaterThan(60)
      const faults: string[] = []
      for (const [route, part] of pairsOf(routes, ODD_PARTS, { every: 3 })) {
        const query = ['cursor', 'limit', 'person', 'source_id', 'from', part].map(name => `${name}=${part}`)
        const asked = [
          { isOwner: true, address: `${addressOf(route)}?${query.join('&')}` },
          { isOwner: true, address: addressOf(route, part) },
          { isOwner: false, address: addressOf(route, part) },
        ]
        for (const each of asked) {
          const fault = faultIn(await send(world, { route, ...each }))
          if (fault !== undefined) faults.push(`${route.method} ${each.address} ${fault}`)
        }
      }
      expect(faults).toEqual([])
    }
    await close()
  })
})
