import { once } from 'node:events'
import { createServer as createSecureServer } from 'node:https'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { type AddressInfo, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { UNTRUSTED, UNTRUSTED_KEY } from '../../test/untrusted-certificates.ts'
import { createClient, mailchimpOrigin, type Client, type ClientOptions, type Reply } from './client.ts'

const KEY = '0123456789abcdef0123456789abcdef-us6'
const CONTACT = '/lists/abc/members/62eeb292278cc15f5817cb78f7790b08?skip_merge_validation=true'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

type Server = {
  origin: string
  sockets: Set<Socket>
  seen: { opened: number; most: number; requests: IncomingMessage[] }
}

/** A raw server on a port of its own, which counts the sockets that are open to it. */
async function serving(answer: RequestListener): Promise<Server> {
  const sockets = new Set<Socket>()
  const seen: Server['seen'] = { opened: 0, most: 0, requests: [] }
  const server = createServer((request, response) => {
    seen.requests.push(request)
    answer(request, response)
  })
  server.on('connection', socket => {
    sockets.add(socket)
    seen.opened += 1
    seen.most = Math.max(seen.most, sockets.size)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise(resolve => server.close(resolve))
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, seen }
}

function clientFor(origin: string, options: Partial<ClientOptions> = {}): Client {
  const client = createClient({ apiKey: KEY, origin, connections: 8, timeoutMs: 20_000, ...options })
  cleanUps.push(() => client.close().catch(() => 'closed already'))
  return client
}

const patch = (client: Client): Promise<Reply> =>
  client.send({ method: 'PATCH', path: CONTACT, body: { merge_fields: { NEWS: 'true' } } })

const json = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}, status = 200): void => {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body))
}

async function replyTo(answer: RequestListener, options: Partial<ClientOptions> = {}): Promise<Reply> {
  return patch(clientFor((await serving(answer)).origin, options))
}

describe('a request', () => {
  test('R18: reaches Mailchimp as it was made, under /3.0, with the key', async () => {
    const bodies: string[] = []
    const { origin, seen } = await serving((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', chunk => (body += chunk))
      request.on('end', () => {
        bodies.push(body)
        json(response, {})
      })
    })
    const client = clientFor(origin)
    await patch(client)
    await client.send({ method: 'GET', path: '/ping' })

    const [write, read] = seen.requests
    expect([write?.method, write?.url]).toEqual(['PATCH', `/3.0${CONTACT}`])
    expect([read?.method, read?.url]).toEqual(['GET', '/3.0/ping'])
    expect(bodies).toEqual(['{"merge_fields":{"NEWS":"true"}}', ''])
    expect(write?.headers['content-type']).toBe('application/json')
    const [scheme, credentials] = (write?.headers.authorization ?? '').split(' ')
    expect(scheme).toBe('Basic')
    expect(Buffer.from(credentials ?? '', 'base64').toString()).toBe(`consent-relay:${KEY}`)
    expect(JSON.stringify([write?.url, bodies])).not.toContain(KEY)
  })

  test('goes to the host of the data centre, and to no other', () => {
    expect(mailchimpOrigin('us6')).toBe('https://us6.api.mailchimp.com')
  })

  test('comes back with status, JSON, Retry-After and the id of the request', async () => {
    const headers = { 'retry-after': '30', 'x-request-id': 'c0ffee', date: 'Mon, 23 Nov 2026 09:00:00 GMT' }
    expect(await replyTo((_, response) => json(response, { title: 'TooManyRequests' }, headers, 429))).toEqual({
      kind: 'answer',
      status: 429,
      json: { title: 'TooManyRequests' },
      retryAfter: '30',
      requestId: 'c0ffee',
      madeAt: Date.UTC(2026, 10, 23, 9),
    })
  })

  test.each([
    ['kept by a cache', { date: 'Mon, 23 Nov 2026 09:00:00 GMT', age: '0' }],
    ['in the form of a log', { date: '2026-11-23T09:00:00Z' }],
    ['no date', { date: 'Mon, 23 Foo 2026 09:00:00 GMT' }],
    ['a day that there is not', { date: 'Mon, 45 Nov 2026 09:00:00 GMT' }],
  ])('R31: whose date is %s does not say when it was made', async (_, headers) => {
    expect(await replyTo((_request, response) => json(response, {}, headers))).toMatchObject({ madeAt: undefined })
  })

  test.each([
    ['HTML', 502, '<html><H1>Bad Gateway</H1></html>'],
    ['nothing', 204, ''],
    ['half of its JSON', 200, '{"merge_fields":{"NEWS":"tr'],
  ])('R25: an answer that holds %s is one without JSON', async (_, status, body) => {
    const reply = await replyTo((__, response) => response.writeHead(status).end(body))
    expect(reply).toMatchObject({ kind: 'answer', status, json: undefined })
  })

  test.each([301, 302, 307, 308])('a %i is not followed, so the key goes nowhere else', async status => {
    const other = await serving((_, response) => json(response, {}))
    const reply = await replyTo((_, response) => response.writeHead(status, { location: `${other.origin}/3.0/` }).end())
    expect(reply).toMatchObject({ kind: 'answer', status })
    expect(other.seen.requests).toEqual([])
  })
})

describe('R24: connections', () => {
  test('are kept: 50 calls one after another use few', async () => {
    const { origin, seen } = await serving((_, response) => json(response, {}))
    const client = clientFor(origin)
    for (let call = 0; call < 50; call++) expect(await patch(client)).toMatchObject({ status: 200 })
    expect(seen.requests).toHaveLength(50)
    expect(seen.opened).toBeLessThanOrEqual(2)
  })

  test.each([1, 3, 8])('are at most %i, each with one request at a time, for 50 calls at once', async connections => {
    const waiting: (() => void)[] = []
    const busy = new Set<Socket>()
    let sharing = 0
    const { origin, seen } = await serving((request, response) => {
      sharing += busy.has(request.socket) ? 1 : 0
      busy.add(request.socket)
      waiting.push(() => {
        busy.delete(request.socket)
        json(response, {})
      })
      // Nobody is answered before every connection is busy; the last calls no longer fill them.
      if (waiting.length === connections || seen.requests.length > 50 - connections)
        for (const end of waiting.splice(0)) end()
    })
    const client = clientFor(origin, { connections })
    const replies = await Promise.all(Array.from({ length: 50 }, () => patch(client)))
    expect(replies.every(reply => reply.kind === 'answer' && reply.status === 200)).toBe(true)
    expect([seen.requests.length, seen.most, sharing]).toEqual([50, connections, 0])
  })

  test('are all closed by close(), after what was under way', async () => {
    const { origin, sockets, seen } = await serving((_, response) => json(response, {}))
    const client = clientFor(origin)
    const replies = Promise.all(Array.from({ length: 20 }, () => patch(client)))
    const ends = [...(await replies, sockets)].map(socket => once(socket, 'close'))
    await client.close()
    await Promise.all(ends)
    expect(seen.opened).toBeGreaterThan(0)
    expect(sockets.size).toBe(0)
    expect(await patch(client)).toMatchObject({ kind: 'failure', cause: 'connection_failed' })
  })

  test('one that the server closes between two calls is replaced', async () => {
    const { origin, seen } = await serving((_, response) => json(response, {}, { connection: 'close' }))
    const client = clientFor(origin)
    for (let call = 0; call < 3; call++) expect(await patch(client)).toMatchObject({ status: 200 })
    expect(seen.opened).toBe(3)
  })
})

describe('R22: without an answer the client says whether Mailchimp may have seen the request', () => {
  const failed = (cause: string, maybeSeen: boolean) => ({ kind: 'failure', cause, maybeSeen })

  test('no answer in time: maybe', async () => {
    expect(await replyTo(() => undefined, { timeoutMs: 100 })).toMatchObject(failed('timed_out', true))
  })

  test('an answer that never ends in time: maybe', async () => {
    const slow: RequestListener = (_, response) => response.writeHead(200).write('{"id":')
    expect(await replyTo(slow, { timeoutMs: 100 })).toMatchObject(failed('timed_out', true))
  })
  test('R22: an answer in time calls its time-out off', async () => {
    const waiting = new Set<number>()
    const after = (ms: number) => {
      waiting.add(ms)
      return () => void waiting.delete(ms)
    }
    expect(await replyTo((_, response) => json(response, {}), { after, timeoutMs: 100 })).toMatchObject({ status: 200 })
    expect(waiting).toEqual(new Set())
  })

  test('a refused connection: no', async () => {
    const { origin } = await serving(() => undefined)
    for (const cleanUp of cleanUps.splice(0)) await cleanUp()
    expect(await patch(clientFor(origin))).toMatchObject(failed('connection_failed', false))
  })

  test('a reset after the request: maybe, and it is not sent again', async () => {
    const { origin, seen } = await serving(request => request.socket.resetAndDestroy())
    const client = clientFor(origin)
    expect(await patch(client)).toMatchObject(failed('connection_failed', true))
    expect(await client.send({ method: 'GET', path: '/ping' })).toMatchObject(failed('connection_failed', true))
    expect(seen.requests).toHaveLength(2)
  })

  test('a body shorter than its length: maybe', async () => {
    const truncated: RequestListener = (request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"merge_fields":')
      request.socket.end()
    }
    expect(await replyTo(truncated)).toMatchObject(failed('connection_failed', true))
  })

  test('a chunked body that is cut: maybe', async () => {
    const cut: RequestListener = (request, response) => {
      response.writeHead(200).write('{"merge_fields":', () => request.socket.destroy())
    }
    expect(await replyTo(cut)).toMatchObject(failed('connection_failed', true))
  })

  test('something that is not HTTP: maybe', async () => {
    const gibberish: RequestListener = request => request.socket.end('SSH-2.0-OpenSSH\r\n')
    expect(await replyTo(gibberish)).toMatchObject(failed('connection_failed', true))
  })

  test('a body without end is cut off long before memory is: maybe', async () => {
    let sent = 0
    let closed: Promise<unknown> = Promise.resolve()
    const endless: RequestListener = (request, response) => {
      closed = new Promise(resolve => request.socket.once('close', resolve))
      const chunk = Buffer.alloc(64 * 1024, ' ')
      const more = () => {
        while (!response.destroyed && response.write(chunk)) sent += chunk.length
        sent += chunk.length
      }
      response.writeHead(200).on('drain', more)
      more()
    }
    expect(await replyTo(endless)).toMatchObject(failed('answer_unreadable', true))
    await closed
    expect(sent).toBeLessThan(32 * 1024 * 1024)
  })

  test.each(['/lists/a b', '/lists/ü', '/x\r\nX-Evil: 1'])(
    'a path %j that HTTP cannot carry is a failure, never a throw',
    async path => {
      const { origin, seen } = await serving((_, response) => json(response, {}))
      expect((await clientFor(origin).send({ method: 'GET', path })).kind).toMatch(/^(failure|answer)$/)
      expect(seen.requests.map(({ headers }) => headers['x-evil'])).not.toContain('1')
    },
  )
})

test.each(Object.entries(UNTRUSTED))('R25: a certificate that is not trusted (%s) says so', async (code, cert) => {
  const seen: (string | undefined)[] = []
  const server = createSecureServer({ key: UNTRUSTED_KEY, cert }, ({ url }) => seen.push(url))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanUps.push(() => new Promise(resolve => server.close(resolve)))
  const reply = await patch(clientFor(`https://127.0.0.1:${(server.address() as AddressInfo).port}`))
  expect(reply).toMatchObject({ kind: 'failure', cause: 'certificate_untrusted', maybeSeen: false })
  expect(reply).toHaveProperty('detail', expect.stringContaining(`${code}: `))
  expect(seen).toEqual([])
})
