import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { type AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack } from 'tar-stream'
import { afterEach, describe, expect, test } from 'vitest'
import { readResults } from './batch-results.ts'
import { type After, type Reply } from './client.ts'
import { createDownload, type DownloadOptions } from './download.ts'

const cleanUps: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp()
})

async function serving(answer: RequestListener): Promise<{ origin: string; seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = []
  const server = createServer((request, response) => {
    seen.push(request)
    answer(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  cleanUps.push(() => {
    server.closeAllConnections()
    return new Promise(resolve => server.close(resolve))
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const everything = (_: string, reply: Reply) => reply

async function readFrom(answer: RequestListener, options?: DownloadOptions) {
  const { origin } = await serving(answer)
  return readResults(createDownload(options), { url: `${origin}/results?token=secret`, origin }, everything)
}

const entry = (operation_id: string, response = '{"id":"1"}', status_code = 200) => ({
  status_code,
  operation_id,
  response,
})

async function archiveOf(...files: readonly (readonly ReturnType<typeof entry>[])[]): Promise<Buffer> {
  const tar = pack()
  files.forEach((file, index) => tar.entry({ name: `${index}.json` }, JSON.stringify(file)))
  tar.finalize()
  return gzipSync(await buffer(tar as AsyncIterable<Uint8Array>))
}

const sending =
  (bytes: Uint8Array): RequestListener =>
  (_, response) =>
    response.writeHead(200, { 'content-type': 'application/gzip' }).end(bytes)

const reply = (status: number, json: unknown, requestId?: string): Reply => ({
  kind: 'answer',
  status,
  json,
  retryAfter: undefined,
  requestId,
})

describe('R28: the results of a batch', () => {
  test('are one reply for each operation, as the client would have given it', async () => {
    const refusal = { title: 'Invalid Resource', status: 400, instance: 'c0ffee' }
    const archive = await archiveOf(
      [entry('att_1'), entry('att_2', JSON.stringify(refusal), 400)],
      [entry('att_3', '', 204), entry('att_4', '<html>Bad Gateway</html>', 502)],
    )
    expect(await readFrom(sending(archive))).toEqual({
      kind: 'read',
      value: new Map([
        ['att_1', reply(200, { id: '1' })],
        ['att_2', reply(400, refusal, 'c0ffee')],
        ['att_3', reply(204, undefined)],
        ['att_4', reply(502, undefined)],
      ]),
    })
  })

  test('of an operation that comes twice count as they came first', async () => {
    const archive = await archiveOf([entry('att_1', '{"n":1}')], [entry('att_1', '{"n":2}', 500)])
    expect(await readFrom(sending(archive))).toEqual({
      kind: 'read',
      value: new Map([['att_1', reply(200, { n: 1 })]]),
    })
  })

  test('of operations that are not ours are left out', async () => {
    const { origin } = await serving(sending(await archiveOf([entry('theirs'), entry('att_1'), entry('__proto__')])))
    const read = (id: string) => (id === 'att_1' ? 'ours' : undefined)
    expect(await readResults(createDownload(), { url: origin, origin }, read)).toEqual({
      kind: 'read',
      value: new Map([['att_1', 'ours']]),
    })
  })

  test('are asked for without our key, once, at the very address', async () => {
    const { origin, seen } = await serving(sending(await archiveOf([])))
    const url = `${origin}/a/results.tar.gz?Signature=a%2Bb%3D&Expires=1`
    await readResults(createDownload(), { url, origin }, everything)
    expect(seen.map(({ method, url: path }) => [method, path])).toEqual([
      ['GET', '/a/results.tar.gz?Signature=a%2Bb%3D&Expires=1'],
    ])
    expect(Object.keys(seen[0]?.headers ?? {}).sort()).toEqual(['connection', 'host'])
  })

  test.each([301, 302, 307, 308])('are not looked for where a %i points', async status => {
    const other = await serving(sending(await archiveOf([])))
    const results = await readFrom((_, response) => response.writeHead(status, { location: other.origin }).end())
    expect(results).toMatchObject({ kind: 'retry', cause: 'answer_unreadable' })
    expect(other.seen).toEqual([])
  })

  test('at an address that must not be opened are not asked for', async () => {
    const { origin, seen } = await serving(sending(await archiveOf([])))
    const place = { url: origin, origin: 'https://us6.api.mailchimp.com' }
    expect(await readResults(createDownload(), place, everything)).toMatchObject({
      kind: 'retry',
      cause: 'answer_unreadable',
      ambiguous: false,
    })
    expect(seen).toEqual([])
  })

  test.each([400, 401, 403, 404, 410])('refused with %i need a new address', async status => {
    const refusal = `<Error><Code>ExpiredToken</Code>${'x'.repeat(100_000)}</Error>`
    expect(await readFrom((_, response) => response.writeHead(status).end(refusal))).toEqual({ kind: 'expired' })
  })

  test.each([204, 408, 429, 500, 503])('that are not there, by a %i, are tried again', async status => {
    expect(await readFrom((_, response) => response.writeHead(status).end())).toMatchObject({
      kind: 'retry',
      cause: 'answer_unreadable',
      detail: `HTTP ${status} where the results should be`,
      throttled: false,
      ambiguous: false,
    })
  })

  test.each([
    ['HTML', () => Promise.resolve(Buffer.from('<html>'))],
    ['half an archive', async () => (await archiveOf([entry('att_1')])).subarray(0, -9)],
    ['no result', async () => archiveOf([entry('att_1'), entry('att_2', '{}', 7)])],
  ])('that hold %s are none, not even as far as they are right', async (_, make) => {
    expect(await readFrom(sending(await make()))).toMatchObject({ kind: 'retry', cause: 'answer_unreadable' })
  })

  test('I11: what is said of them quotes neither their address nor what is in them', async () => {
    const archive = gzipSync('ada@example.test'.repeat(100))
    expect(JSON.stringify(await readFrom(sending(archive)))).not.toMatch(/ada@|secret/)
    const nobody = await readResults(
      createDownload(),
      { url: 'http://127.0.0.1:1/r?token=secret', origin: 'http://127.0.0.1:1' },
      everything,
    )
    expect(nobody).toMatchObject({ kind: 'retry', cause: 'connection_failed' })
    expect(JSON.stringify(nobody)).not.toContain('secret')
  })

  test('that break off are tried again', async () => {
    const archive = await archiveOf([entry('att_1')])
    const results = await readFrom((_, response) => {
      response.writeHead(200, { 'content-length': archive.length })
      response.write(archive.subarray(0, 50), () => response.destroy())
    })
    expect(results).toMatchObject({ kind: 'retry', cause: 'answer_unreadable' })
  })

  test('a fault of the reader is no fault of the results', async () => {
    const { origin } = await serving(sending(await archiveOf([entry('att_1')])))
    const faulty = () => {
      throw new RangeError('a bug')
    }
    await expect(readResults(createDownload(), { url: origin, origin }, faulty)).rejects.toThrow('a bug')
  })
})

describe('the time for the whole answer', () => {
  /** Time that is over when the test says so. */
  function patience() {
    const waiting = new Set<{ ms: number; task: () => void }>()
    const after: After = (ms, task) => {
      const entry = { ms, task }
      waiting.add(entry)
      return () => void waiting.delete(entry)
    }
    const isOver = () => {
      for (const { task } of waiting) task()
    }
    return { after, isOver, waiting }
  }

  test('ends a host that never answers, and is longer than the time to connect', async () => {
    const { after, isOver, waiting } = patience()
    const left: number[] = []
    const results = await readFrom(
      () => {
        left.push(...[...waiting].map(({ ms }) => ms))
        isOver()
      },
      { after, timeoutMs: 70_000 },
    )
    expect(results).toMatchObject({ kind: 'retry', cause: 'timed_out' })
    expect(left).toEqual([70_000])
    expect(waiting.size).toBe(0)
  })

  test('ends a host that does not even connect', async () => {
    const { after, isOver, waiting } = patience()
    const { origin, seen } = await serving((_, response) => response.end())
    const results = readResults(createDownload({ after }), { url: origin, origin }, everything)
    expect([...waiting].map(({ ms }) => ms)).toEqual([120_000, 5_000])
    isOver()
    expect(await results).toMatchObject({ kind: 'retry', cause: 'timed_out' })
    expect(waiting.size).toBe(0)
    expect(seen).toEqual([])
  })

  test('ends an answer that never ends', async () => {
    const { after, isOver, waiting } = patience()
    const archive = await archiveOf([entry('att_1'), entry('att_2', randomBytes(50_000).toString('base64'))])
    const { origin } = await serving((_, response) => {
      response.writeHead(200).write(archive.subarray(0, 30_000))
    })
    // The first result is there, the rest is not.
    const read = (id: string) => {
      isOver()
      return id
    }
    const results = await readResults(createDownload({ after }), { url: origin, origin }, read)
    expect(results).toMatchObject({ kind: 'retry', cause: 'timed_out' })
    expect(waiting.size).toBe(0)
  })

  test('is called off by the end of the answer', async () => {
    const { after, waiting } = patience()
    expect(await readFrom(sending(await archiveOf([entry('att_1')])), { after })).toMatchObject({ kind: 'read' })
    expect(waiting.size).toBe(0)
  })
})
