import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectTo, statusesIn } from '../raw-connection.ts'
import { startWorld, TOKEN, type World } from '../world.ts'

const MIB = 1024 * 1024

let world: World
beforeEach(async () => void (world = await startWorld()))
afterEach(() => world[Symbol.asyncDispose]())

const webhook = (): string => `/webhooks/didomi/${world.source.id}`

type Head = { readonly method?: string; readonly path: string; readonly headers?: Readonly<Record<string, string>> }

const headOf = ({ method = 'POST', path, headers = {} }: Head): string =>
  [`${method} ${path} HTTP/1.1`, 'Host: relay.test', ...Object.entries(headers).map(each => each.join(': '))].join(
    '\r\n',
  ) + '\r\n\r\n'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const owner = { ...JSON_TYPE, Authorization: `Bearer ${TOKEN}` }

/** What is refused before its body is here, or because of it. */
const REFUSED: readonly (readonly [name: string, status: number, head: () => Head])[] = [
  ['a wrong token', 401, () => ({ path: webhook(), headers: { Authorization: 'Bearer wrong' } })],
  ['no token', 401, () => ({ path: '/v1/sources', headers: JSON_TYPE })],
  ['an address that is none', 404, () => ({ path: '/nothing' })],
  ['a path that cannot be decoded', 400, () => ({ path: '/v1/people/%zz' })],
  ['a part of the path that is too long', 414, () => ({ path: `/v1/people/${'a'.repeat(5_000)}` })],
  ['another method', 405, () => ({ method: 'PUT', path: webhook() })],
  ['too much from a stranger', 413, () => ({ path: '/v1/session', headers: JSON_TYPE })],
  ['too large a document', 413, () => ({ path: '/v1/sources', headers: owner })],
  ['too large a webhook', 413, () => ({ path: webhook(), headers: { Authorization: `Bearer ${world.source.token}` } })],
  ['a type that is not taken', 415, () => ({ path: '/v1/sources', headers: { ...owner, 'Content-Type': 'a/b' } })],
  [
    'a form that is too large',
    413,
    () => ({ path: '/oauth/token', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } }),
  ],
]

const body = Buffer.alloc(4 * MIB, 'x')
const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`

describe('a sender that reads only when it has sent everything sees why it is refused', () => {
  test.each(REFUSED)('%s: %d, with a length', async (_name, status, head) => {
    using client = connectTo(world.app.url)
    const { headers, ...rest } = head()
    await client.write(headOf({ ...rest, headers: { ...headers, 'Content-Length': String(body.length) } }))
    await client.write(body)
    const { text, reset } = await client.ended()
    expect([statusesIn(text), reset]).toEqual([[status], false])
    expect(text).toMatch(/^connection: close\r$/im)
    expect(text).toMatch(/^content-type: application\/problem\+json/im)
  })

  test.each(REFUSED)('%s: %d, in chunks', async (_name, status, head) => {
    using client = connectTo(world.app.url)
    const { headers, ...rest } = head()
    await client.write(headOf({ ...rest, headers: { ...headers, 'Transfer-Encoding': 'chunked' } }))
    for (let sent = 0; sent < 4 * MIB; sent += 0x10000) await client.write(chunk)
    await client.write('0\r\n\r\n')
    const { text, reset } = await client.ended()
    expect([statusesIn(text), reset]).toEqual([[status], false])
  })

  test.each(REFUSED)('%s: %d, before it is asked to go on', async (_name, status, head) => {
    using client = connectTo(world.app.url)
    const { headers, ...rest } = head()
    const more = { 'Content-Length': String(body.length), Expect: '100-continue' }
    await client.write(headOf({ ...rest, headers: { ...headers, ...more } }))
    const text = await client.until(/\r\n\r\n\{[^]*\}$/)
    expect(statusesIn(text)).toEqual([status])
  })
})

describe('a sender that goes on after it was refused', () => {
  const refused = { path: '/nothing', headers: { 'Transfer-Encoding': 'chunked' } }

  test('without an end is cut off after some bytes', async () => {
    await using bounded = await startWorld({ edge: { drainBytes: 256 * 1024 } })
    using client = connectTo(bounded.app.url)
    await client.write(headOf(refused))
    expect(statusesIn(await client.until(/\}$/))).toEqual([404])
    const ended = client.ended()
    let isOver = false
    void ended.then(() => (isOver = true))
    while (!isOver) await client.write(chunk)
    expect(statusesIn((await ended).text)).toEqual([404])
  })

  test('and is gone is not waited for', async () => {
    await using bounded = await startWorld({ edge: { drainMs: 10 * 60_000 } })
    using client = connectTo(bounded.app.url)
    await client.write(headOf({ path: '/nothing', headers: { 'Content-Length': '1000000' } }))
    client.end()
    const { text, reset } = await client.ended()
    expect([statusesIn(text), reset]).toEqual([[404], false])
  })

  test('and says nothing more is cut off after some time', async () => {
    await using bounded = await startWorld({ edge: { drainMs: 50 } })
    using client = connectTo(bounded.app.url)
    await client.write(headOf(refused))
    const { text, reset } = await client.ended()
    expect([statusesIn(text), reset]).toEqual([[404], false])
  })
})

describe('a sender that waits to be asked for its body', () => {
  test('is asked once it has proved who it is, and is answered', async () => {
    using client = connectTo(world.app.url)
    const headers = { Authorization: `Bearer ${world.source.token}`, 'Content-Length': '2', Expect: '100-continue' }
    await client.write(headOf({ path: webhook(), headers }))
    await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
    await client.write('[]')
    expect(statusesIn(await client.until(/ 202 /))).toEqual([100, 202])
  })
})
