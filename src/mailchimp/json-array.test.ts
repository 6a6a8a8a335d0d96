import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { elementsOf } from './json-array.ts'

async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size))
}

async function read(text: string, { size = 7, mostBytes = 1_000 } = {}): Promise<unknown[]> {
  const elements: unknown[] = []
  for await (const element of elementsOf(inPieces(text, size), mostBytes)) elements.push(element)
  return elements
}

describe('the elements of a JSON array', () => {
  test('come out as they went in, wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue()),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        async (all, size, wide) => {
          const text = JSON.stringify(all, null, wide ? 2 : 0)
          expect(await read(text, { size, mostBytes: 100_000 })).toEqual(JSON.parse(text))
        },
      ),
    )
  })

  test.each([
    ['[]', []],
    [' [ ] \n', []],
    ['[1 , "a]" ,[2,[3]] ,{"b":"}]"}]', [1, 'a]', [2, [3]], { b: '}]' }]],
    [String.raw`["\"", "\\", "é漢😀"]`, ['"', '\\', 'é漢😀']],
  ])('%s', async (text, elements) => {
    for (const size of [1, 2, 3, 100]) expect(await read(text, { size })).toEqual(elements)
  })

  test.each([
    ['nothing', ''],
    ['an object', '{"a":1}'],
    ['HTML', '<html>'],
    ['half an array', '[1,2'],
    ['half a text', '["a'],
    ['two arrays', '[1][2]'],
    ['an array and more', '[1]x'],
    ['an empty element', '[1,,2]'],
    ['an empty last element', '[1,]'],
    ['no element but a comma', '[,]'],
    ['what is not JSON', '[{a:1}]'],
    ['brackets that do not match', '[{"a":1]}'],
  ])('%s is refused', async (_, text) => {
    for (const size of [1, 100]) await expect(read(text, { size })).rejects.toMatchObject({ name: 'NoArray' })
  })

  test('none is held that is larger than it may be', async () => {
    expect(await read(`["${'a'.repeat(50)}","${'a'.repeat(50)}"]`, { mostBytes: 60 })).toHaveLength(2)
    await expect(read(`["${'a'.repeat(70)}"]`, { mostBytes: 60 })).rejects.toThrow('larger than 60 bytes')
    await expect(read(`[${' '.repeat(70)}]`, { mostBytes: 60 })).rejects.toThrow('larger than 60 bytes')
  })

  test('I11: what is wrong is said without quoting it', async () => {
    await expect(read('[ada@example.test]')).rejects.toThrow(/^an element is not JSON$/)
  })
})
