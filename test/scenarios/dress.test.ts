import { hash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Database } from '../../src/store/engine/database.ts'
import { ENCODERS } from '../encoders.ts'
import { AUDIENCE, event, startWorld, type World } from '../world.ts'

const ADA = 'ada@mail.test'
const choice = (id: string, newsletter = false) =>
  event({ who: ADA, id, at: '2026-11-20T10:00:00Z', purposes: { newsletter } })

type Post = {
  readonly path?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: Uint8Array | string
}

let world: World
let db: Database
beforeEach(async () => void (world = await startWorld({ feed: 'event', around: opened => (db = opened) })))
afterEach(() => world[Symbol.asyncDispose]())

/** By Node itself: `fetch` adds a type of its own, and tidies the address. */
const post = ({ path, headers = {}, body }: Post): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(world.app.url)
    const request = httpRequest(
      {
        hostname,
        port,
        method: 'POST',
        path: path ?? `/webhooks/didomi/${world.source.id}`,
        headers: { authorization: `Bearer ${world.source.token}`, ...headers },
      },
      answer => {
        answer.resume()
        resolve(answer.statusCode)
      },
    )
    request.on('error', reject)
    request.end(body)
  })

const inbox = async () => (await world.stats()).inbox
const quarantine = async () =>
  (await world.api<{ data: { id: string; faults: { path: string; why: string }[] }[] }>('GET', '/v1/quarantine')).body
    .data
const reread = (id: string) =>
  world.api<{ faults: unknown[]; records: Record<string, number> }>('POST', `/v1/quarantine/${id}/reread`)

describe('R2: an authenticated body is taken', () => {
  test.each([
    undefined,
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=ISO-8859-1',
    'application/json; charset="who knows"',
    'application/vnd.didomi.v2+json',
    'text/plain',
    'text/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/octet-stream',
    'json',
    ';;;',
    '',
  ])('whether its type is %j or another', async type => {
    const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
    expect(await post({ headers, body: JSON.stringify(choice('typed')) })).toBe(202)
    expect(await inbox()).toMatchObject({ received: 1, folded: 1 })
  })

  test('in every encoding, and a repeat in another one is a repeat', async () => {
    for (const [name, encode] of ENCODERS) {
      const body = encode(Buffer.from(JSON.stringify(choice('encoded'))))
      expect([name, await post({ headers: { 'content-encoding': name }, body })]).toEqual([name, 202])
    }
    expect(await inbox()).toMatchObject({ folded: 1, duplicate: ENCODERS.length - 1, quarantined: 0 })
    const rows = await db.query<{ raw: Uint8Array }>('select raw from inbox')
    expect(rows.map(({ raw }) => Buffer.from(raw).toString())).toEqual([JSON.stringify(choice('encoded'))])
  })

  test('with an expectation that a proxy added', async () => {
    expect(await post({ headers: { expect: 'a quick answer' }, body: JSON.stringify(choice('expected')) })).toBe(202)
    expect(await inbox()).toMatchObject({ received: 1, folded: 1 })
  })

  test('at its address with slashes too many, and with a query', async () => {
    const id = world.source.id
    const paths = [
      `/webhooks/didomi/${id}/`,
      `/webhooks/didomi/${id}//`,
      `//webhooks/didomi/${id}`,
      `//webhooks//didomi///${id}/`,
      `/webhooks/didomi/${id}?from=didomi`,
      `/webhooks//didomi/${id}/?a=//b`,
      `http://relay.test//webhooks/didomi/${id}/`,
    ]
    for (const [place, path] of paths.entries())
      expect([path, await post({ path, body: JSON.stringify(choice(`at ${place}`)) })]).toEqual([path, 202])
    expect(await inbox()).toMatchObject({ received: paths.length, folded: paths.length })
  })

  test('and no other address takes slashes too many, or opens without its token', async () => {
    const body = JSON.stringify(choice('elsewhere'))
    const id = world.source.id
    for (const path of ['//v1//events', '/webhooks//didomi', `/x//webhooks/didomi/${id}`])
      expect([path, await post({ path, body })]).toEqual([path, 404])
    const headers = { authorization: 'Bearer crw_wrong' }
    expect(await post({ path: `//webhooks//didomi/${id}/`, headers, body })).toBe(401)
    expect(await post({ headers: { ...headers, 'content-encoding': 'zstd' }, body })).toBe(401)
    expect(await inbox()).toMatchObject({ received: 0 })
  })

  test('up to 1 MiB as its sender wrote it: more is refused with 413, however small it was sent', async () => {
    const padded = (size: number) => Buffer.from(JSON.stringify(choice('padded')).padEnd(size, ' '))
    for (const [name, encode] of ENCODERS) {
      const headers = { 'content-encoding': name }
      expect([name, await post({ headers, body: encode(padded(1024 * 1024)) })]).toEqual([name, 202])
      expect([name, await post({ headers, body: encode(padded(1024 * 1024 + 1)) })]).toEqual([name, 413])
    }
    expect(await post({ headers: { 'content-encoding': 'zstd' }, body: Buffer.alloc(2 * 1024 * 1024 + 1) })).toBe(413)
    expect(await inbox()).toMatchObject({ folded: 1, duplicate: ENCODERS.length - 1 })
  })
})

describe('R2: a body that cannot be decoded', () => {
  test('is acknowledged, kept as it was sent, counted, and shown with why', async () => {
    const text = JSON.stringify(choice('lost?'))
    const sent: [encoding: string, body: Uint8Array | string, why: string][] = [
      ['zstd', text, 'Content-Encoding names "zstd", which is none that we decode'],
      ['gzip', text, 'Content-Encoding says "gzip", and the body is not encoded so'],
      ['gzip', gzipSync(text).subarray(0, 40), 'Content-Encoding says "gzip", and the body is not encoded so'],
      ['br', gzipSync(text), 'Content-Encoding says "br", and the body is not encoded so'],
    ]
    for (const [encoding, body] of sent)
      expect(await post({ headers: { 'content-encoding': encoding }, body })).toBe(202)
    expect(await inbox()).toMatchObject({ received: 4, quarantined: 4 })
    expect((await quarantine()).map(({ faults }) => faults)).toEqual(
      sent.map(([, , why]) => [{ path: '', why }]).reverse(),
    )
    const [first] = await db.query<{ raw: Uint8Array }>('select raw from inbox order by id')
    expect(Buffer.from(first?.raw ?? []).toString()).toBe(text)
  })

  test('is no repeat of the same bytes under the encoding that they are in', async () => {
    world.mailchimp.addContact(AUDIENCE, { email_address: ADA, status: 'subscribed' })
    await world.integrates()
    const body = JSON.stringify(choice('put right'))
    await post({ headers: { 'content-encoding': 'gzip' }, body })
    await post({ headers: { 'content-encoding': 'gzip' }, body })
    expect(await inbox()).toMatchObject({ received: 2, quarantined: 1, duplicate: 1 })
    await post({ body })
    expect(await inbox()).toMatchObject({ received: 3, folded: 1 })
    await world.settles()
    expect(world.writes()).toMatchObject([{ body: { merge_fields: { NEWS: 'false' } } }])
  })

  test('stays when it is read again and still cannot be', async () => {
    await post({ headers: { 'content-encoding': 'zstd' }, body: JSON.stringify(choice('still')) })
    const [kept] = await quarantine()
    for (const _time of [1, 2])
      expect((await reread(kept?.id ?? '')).body).toMatchObject({ faults: kept?.faults, records: { set_apart: 1 } })
    expect(await inbox()).toMatchObject({ received: 1, quarantined: 1 })
  })

  test('is decoded when it is read again and can be, and is kept decoded', async () => {
    const text = JSON.stringify([choice('again'), { type: 'event.created', parameters: { entity: {} } }])
    await post({ headers: { 'content-encoding': 'zstd' }, body: gzipSync(text) })
    const [kept] = await quarantine()
    const id = kept?.id ?? ''
    // As if the version that took it in had not known gzip.
    await db.query('update inbox set faults = $1 where id = $2', [
      JSON.stringify([{ path: '', why: 'not decoded', contentEncoding: 'gzip' }]),
      id,
    ])
    const { body } = await reread(id)
    expect(body).toMatchObject({
      records: { folded: 1, set_apart: 1 },
      faults: [{ path: '[1].parameters.entity.id', why: 'is missing' }],
    })
    expect(await inbox()).toMatchObject({ received: 2, folded: 1, quarantined: 1 })
    const [row] = await db.query<{ raw: Uint8Array; fingerprint: string }>('select raw, fingerprint from inbox')
    expect(Buffer.from(row?.raw ?? []).toString()).toBe(text)
    expect(row?.fingerprint).not.toBe(hash('sha256', text))
    expect((await reread(id)).body).toMatchObject({ records: { set_apart: 1 } })
    expect(await inbox()).toMatchObject({ received: 2, folded: 1, quarantined: 1 })
  })
})
