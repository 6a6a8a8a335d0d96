import { describe, expect, test } from 'vitest'
import { connectTo, statusesIn, type RawConnection } from '../raw-connection.ts'
import { event, startWorld, type World } from '../world.ts'

const SOON = { headersMs: 100, everyMs: 20 }
const LATE = 10 * 60_000

const tell = (world: World): Promise<void> =>
  world.receives(event({ who: 'ada@mail.test', at: '2026-11-20T10:00:00Z', purposes: { newsletter: true } }))

const webhookHead = ({ source }: World, length: number): string =>
  `POST /webhooks/didomi/${source.id} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${source.token}\r\nContent-Length: ${length}\r\n\r\n`

/** Sends it again and again, for as long as the connection is there. */
async function sendOn(client: RawConnection, sent: string, ended: Promise<unknown>): Promise<void> {
  let isOver = false
  void ended.then(() => (isOver = true))
  while (!isOver) await client.write(sent)
}

describe('a slow sender', () => {
  test('that says nothing is ended', async () => {
    await using world = await startWorld({ edge: SOON })
    using client = connectTo(world.app.url)
    expect(statusesIn((await client.ended()).text)).toEqual([408])
  })

  test('that does not finish its headers is refused and ended', async () => {
    await using world = await startWorld({ edge: SOON })
    using client = connectTo(world.app.url)
    await client.write('GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ')
    const { text } = await client.ended()
    expect(text).toMatch(/^HTTP\/1\.1 408 [^]*"code":"too_slow"/)
  })

  test('that does not finish its body is refused and ended, and nothing is stored', async () => {
    await using world = await startWorld({ edge: { ...SOON, requestMs: 200 } })
    using client = connectTo(world.app.url)
    await client.write(webhookHead(world, 100) + '[')
    const { text } = await client.ended()
    expect(text).toMatch(/^HTTP\/1\.1 408 [^]*"code":"too_slow"/)
    expect((await world.stats()).inbox.received).toBe(0)
  })

  test('that drips its body is ended, however it goes on', async () => {
    await using world = await startWorld({ edge: { ...SOON, requestMs: 200, drainMs: 50 } })
    using client = connectTo(world.app.url)
    await client.write(webhookHead(world, 1_000_000))
    const ended = client.ended()
    await sendOn(client, ' ', ended)
    expect(statusesIn((await ended).text)).toEqual([408])
  })

  test('that sends no next request is ended', async () => {
    await using world = await startWorld({ edge: { keptMs: 100 } })
    using client = connectTo(world.app.url)
    await client.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
    const { text, reset } = await client.ended()
    expect([statusesIn(text), reset]).toEqual([[200], false])
  })
})

describe('connections', () => {
  test('are bounded: a new one takes the place of the one that has waited longest, and callers are served', async () => {
    await using world = await startWorld({ edge: { connections: 10, headersMs: LATE, requestMs: LATE, everyMs: LATE } })
    const idle: RawConnection[] = []
    try {
      for (let n = 0; n < 50; n++) {
        const client = connectTo(world.app.url)
        idle.push(client)
        await client.write(n % 2 === 0 ? 'GET /' : ' ')
        if (n % 10 === 0) await tell(world)
      }
      await Promise.all(idle.slice(0, 30).map(client => client.ended()))
      expect((await world.stats()).inbox.received).toBe(5)
    } finally {
      idle.forEach(client => client[Symbol.dispose]())
    }
  })

  test('that have a request under way are not the ones to go', async () => {
    await using world = await startWorld({ edge: { connections: 3 } })
    using client = connectTo(world.app.url)
    await client.write(webhookHead(world, 2).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'))
    await client.until(/ 100 Continue\r\n\r\n$/)
    const idle = Array.from({ length: 20 }, () => connectTo(world.app.url))
    await Promise.all(idle.slice(0, 15).map(each => each.ended()))
    await client.write('[]')
    expect(statusesIn(await client.until(/ 202 /))).toEqual([100, 202])
    idle.forEach(each => each[Symbol.dispose]())
  })
})

const ASK = 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n'

/** Asks until nothing more fits between the two sides, reading nothing; resolves when the connection was ended. */
async function neverReads(client: RawConnection): Promise<void> {
  await sendOn(client, ASK, client.broken)
}

describe('a client that does not read its answers', () => {
  test('is ended after a time', async () => {
    await using world = await startWorld({ edge: { unreadMs: 200 } })
    using client = connectTo(world.app.url)
    await neverReads(client)
  })

  test('is ended when all that is unread is too much, the one that has waited longest first', async () => {
    await using world = await startWorld({ edge: { unreadMs: LATE, unreadBytes: 500_000 } })
    using first = connectTo(world.app.url)
    using second = connectTo(world.app.url)
    using third = connectTo(world.app.url)
    await Promise.race([neverReads(first), neverReads(second), neverReads(third)])
    await tell(world)
  })

  test('is ended when it asks for much more than it reads', async () => {
    await using world = await startWorld({ edge: { unreadMs: LATE } })
    using client = connectTo(world.app.url)
    await client.write(ASK.repeat(1_000))
    expect(statusesIn((await client.ended()).text).length).toBeLessThan(33)
    await tell(world)
  })
})
