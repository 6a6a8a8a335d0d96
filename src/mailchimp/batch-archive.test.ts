import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { pack, type Header } from 'tar-stream'
import { describe, expect, test } from 'vitest'
import { BrokenArchive, resultsIn, type Limits, type OperationResult } from './batch-archive.ts'

type File = {
  readonly name?: string
  readonly type?: Header['type']
  readonly text?: string
  readonly linkname?: string
}

const tarOf = (files: readonly File[]): Promise<Buffer> => {
  const tar = pack()
  for (const { name = '0.json', text = '', ...header } of files) tar.entry({ name, ...header }, text)
  tar.finalize()
  return buffer(tar as AsyncIterable<Uint8Array>)
}

const entry = (operation_id: string, over: Readonly<Record<string, unknown>> = {}) => ({
  status_code: 200,
  operation_id,
  response: '{"merge_fields":{}}',
  ...over,
})
const fileOf = (...ids: string[]): string => JSON.stringify(ids.map(id => entry(id)))

const ENOUGH: Limits = { total: 1e9, file: 1e9, result: 1e9 }

async function read(packed: Uint8Array, limits?: Partial<Limits>): Promise<OperationResult[]> {
  const results: OperationResult[] = []
  const bytes = Readable.from([packed.subarray(0, 700), packed.subarray(700)])
  for await (const result of resultsIn(bytes, limits && { ...ENOUGH, ...limits })) results.push(result)
  return results
}

const readFiles = async (...files: File[]) => read(gzipSync(await tarOf(files)))
const ids = (results: readonly OperationResult[]) => results.map(({ operationId }) => operationId)

describe('R28: the results of a batch', () => {
  test('are the entries of all files, whatever the files are called', async () => {
    const results = await readFiles(
      { name: 'b1/', type: 'directory' },
      { name: 'b1/0.json', text: fileOf('a', 'b') },
      { name: 'b1/none.json', text: '[]' },
      { name: '../../etc/passwd', text: fileOf('c') },
      { name: `${'long/'.repeat(60)}name.json`, text: fileOf('d') },
    )
    expect(ids(results)).toEqual(['a', 'b', 'c', 'd'])
    expect(results[0]).toEqual({ operationId: 'a', status: 200, response: '{"merge_fields":{}}' })
  })

  test('may be none at all', async () => {
    expect(await readFiles()).toEqual([])
    expect(await readFiles({ name: 'b1/', type: 'directory' })).toEqual([])
  })

  test.each([
    ['an empty file', { text: '' }],
    ['a text', { name: 'README', text: 'Thank you for using Mailchimp' }],
    ['an object', { text: '{"status_code":200}' }],
    ['half a file', { text: fileOf('a').slice(0, -3) }],
    ['a link', { type: 'symlink', linkname: '/etc/passwd' }],
    ['a hard link', { type: 'link', linkname: '0.json' }],
    ['a pipe', { type: 'fifo' }],
    ['an entry that is a text', { text: '["a"]' }],
    ['an entry that is null', { text: '[null]' }],
    ['an entry without an id', { text: JSON.stringify([entry('a', { operation_id: null })]) }],
    ['an entry with an id that is a number', { text: JSON.stringify([entry('a', { operation_id: 7 })]) }],
    ['an entry without a status', { text: JSON.stringify([entry('a', { status_code: undefined })]) }],
    ['an entry with a status in words', { text: JSON.stringify([entry('a', { status_code: '200' })]) }],
    ['an entry with no status of HTTP', { text: JSON.stringify([entry('a', { status_code: 2000 })]) }],
    ['an entry whose answer is no text', { text: JSON.stringify([entry('a', { response: {} })]) }],
  ] as const)('with %s among them cannot be relied on', async (_, file) => {
    await expect(readFiles({ name: 'b1/0.json', text: fileOf('a') }, file)).rejects.toThrow(BrokenArchive)
  })

  test('that are cut off anywhere are no results', async () => {
    const whole = gzipSync(await tarOf([{ text: fileOf('a', 'b') }, { text: fileOf('c') }]))
    expect(ids(await read(whole))).toEqual(['a', 'b', 'c'])
    for (let length = 0; length < whole.length; length++)
      await expect(read(whole.subarray(0, length)), `${length} bytes`).rejects.toThrow(BrokenArchive)
  })

  test('that changed on their way are no results', async () => {
    const whole = gzipSync(await tarOf([{ text: fileOf('a', 'b') }]))
    for (const at of [3, 8].map(fromEnd => whole.length - fromEnd)) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      await expect(read(changed)).rejects.toThrow(BrokenArchive)
    }
  })

  test('packed again after a cut are found out by the archive itself', async () => {
    const tar = await tarOf([{ text: fileOf('a', 'b') }])
    for (const length of [100, 511, 513, 600]) await expect(read(gzipSync(tar.subarray(0, length)))).rejects.toThrow()
  })

  test.each([
    ['is not packed', async () => tarOf([{ text: fileOf('a') }])],
    ['is HTML', () => Promise.resolve(Buffer.from('<html>Bad Gateway</html>'))],
    ['holds no archive', () => Promise.resolve(gzipSync('x'.repeat(2_000)))],
    ['holds JSON without an archive', () => Promise.resolve(gzipSync(fileOf('a')))],
  ])('cannot be read from what %s', async (_, make) => {
    await expect(read(await make())).rejects.toThrow(BrokenArchive)
  })

  test('a kilobyte that unpacks to megabytes is not unpacked to its end', async () => {
    const bomb = gzipSync(Buffer.concat([await tarOf([{ text: fileOf('a') }]), Buffer.alloc(8 * 1024 * 1024)]))
    expect(bomb.length).toBeLessThan(16 * 1024)
    await expect(read(bomb, { total: 100_000 })).rejects.toThrow('it is larger than 100000 bytes')
  })

  test('a file may say how large it is, but not be larger than it may', async () => {
    const text = fileOf('a', 'b')
    await expect(read(gzipSync(await tarOf([{ text }])), { file: text.length - 1 })).rejects.toThrow('a file is larger')
    await expect(read(gzipSync(await tarOf([{ text }])), { result: 20 })).rejects.toThrow('an element is larger')
  })

  test('the archive is let go when the reader stops', async () => {
    const packed = Readable.from([gzipSync(await tarOf([{ text: fileOf('a', 'b') }]))])
    for await (const { operationId } of resultsIn(packed)) {
      expect(operationId).toBe('a')
      break
    }
    expect(packed.destroyed).toBe(true)
  })
})
