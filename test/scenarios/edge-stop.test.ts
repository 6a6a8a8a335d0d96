import { describe, expect, test } from 'vitest'
import { connectTo, statusesIn, type RawConnection } from '../raw-connection.ts'
import { startWorld, type World } from '../world.ts'

/** A webhook whose body is wanted, so that it is under way. */
async function beginWebhook({ app, source }: World): Promise<RawConnection> {
  const client = connectTo(app.url)
  await client.write(
    `POST /webhooks/didomi/${source.id} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${source.token}\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n`,
  )
  await client.until(/ 100 Continue\r\n\r\n$/)
  return client
}

/** A connection that was used, and is kept. */
async function keepConnection({ app }: World): Promise<RawConnection> {
  const client = connectTo(app.url)
  await client.write('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until(/\{"status":"ok"\}$/)
  return client
}

/** The stop has begun: asked on connections of their own, until it says so. */
async function isUnready({ app }: World): Promise<Response> {
  for (let asked = 0; asked < 1_000; asked++) {
    const answer = await fetch(`${app.url}/readyz`)
    if (answer.status === 503) return answer
  }
  throw new Error('it was ready a thousand times')
}

describe('a service that stops', () => {
  test('is not ready at once, refuses what is new with Retry-After, and finishes what it began', async () => {
    await using world = await startWorld()
    using begun = await beginWebhook(world)
    using kept = await keepConnection(world)
    const stopped = world.app.stop()

    expect((await isUnready(world)).headers.get('retry-after')).toBe('30')
    expect((await fetch(`${world.app.url}/healthz`)).status).toBe(200)
    const refused = await fetch(`${world.app.url}/v1/session`)
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('connection')]).toEqual([
      503,
      '30',
      'close',
    ])
    expect(await refused.json()).toMatchObject({ code: 'stopping' })

    await kept.write(`POST /webhooks/didomi/x HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n[]`)
    const { text, reset } = await kept.ended()
    expect([statusesIn(text), reset]).toEqual([[200, 503], false])
    expect(text).toMatch(/retry-after: 30\r\n[^]*"code":"stopping"/i)

    await begun.write('{}')
    expect(statusesIn((await begun.ended()).text)).toEqual([100, 202])
    await stopped
    await expect(fetch(`${world.app.url}/healthz`)).rejects.toThrow('fetch failed')
    await world.restarts()
    expect((await world.stats()).inbox.received).toBe(1)
  })

  test('ends by its deadline, whatever its clients do not send or read', async () => {
    await using world = await startWorld({ edge: { stopMs: 200 } })
    using neverSends = await beginWebhook(world)
    using neverAsks = await keepConnection(world)
    using drips = connectTo(world.app.url)
    await drips.write('GET /')
    using neverReads = connectTo(world.app.url)
    const ask = 'GET /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n'
    for (let asked = 0; asked < 200; asked++) await Promise.race([neverReads.write(ask), Promise.resolve()])
    await world.app.stop()
    for (const client of [neverSends, neverAsks, drips, neverReads]) await client.ended()
  })
})
