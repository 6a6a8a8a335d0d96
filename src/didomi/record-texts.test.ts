import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { recordTexts } from './record-texts.ts'

const FAR = { levels: 1_000, marks: 1_000_000, records: 1_000 }

const textsIn = (body: string, bounds = FAR) => recordTexts(body, bounds)?.records.map(({ text }) => text)

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

describe('the texts of the records of a body', () => {
  test('are the elements of its list, or itself, however it is spelled', () => {
    const spelled = fc.tuple(fc.jsonValue(), fc.constantFrom(undefined, 1, '\n\t'))
    fc.assert(
      fc.property(fc.array(spelled), fc.constantFrom('', ' ', '\r\n'), (records, space) => {
        const texts = records.map(([value, indent]) => JSON.stringify(value, undefined, indent))
        const values = records.map(([value]) => JSON.parse(JSON.stringify(value)) as unknown)
        const list = `${space}[${space}${texts.join(`${space},${space}`)}${space}]${space}`
        expect(textsIn(list)?.map(text => JSON.parse(text) as unknown)).toEqual(values)
        for (const [index, text] of texts.entries())
          if (!text.startsWith('['))
            expect(textsIn(space + text + space)?.map(own => JSON.parse(own) as unknown)).toEqual([values[index]])
      }),
    )
  })

  test('all of them are JSON only if the body is', () => {
    const character = fc.constantFrom('[', ']', '{', '}', ',', ':', '"', '\\', ' ', '1', 'a', '"a":')
    fc.assert(
      fc.property(fc.string({ unit: character, maxLength: 12 }), body => {
        expect(textsIn(body)?.every(isJson) ?? false).toBe(isJson(body))
      }),
      { numRuns: 20_000 },
    )
  })

  test.each([
    ['[1,[2,[3]],4]', 1, ['1', '[2,null]', '4'], [false, true, false]],
    ['[1,[2,[3]],4]', 2, ['1', '[2,[3]]', '4'], [false, false, false]],
    ['{"a":{"b":{}},"c":[[],{}]}', 1, ['{"a":null,"c":null}'], [true]],
    ['{"a":{"b":{}},"c":[[],{}]}', 2, ['{"a":{"b":null},"c":[null,null]}'], [true]],
    ['{"a":"[[[[{","b":"\\"[[["}', 1, ['{"a":"[[[[{","b":"\\"[[["}'], [false]],
  ])('%s, of which %i levels are kept', (body, levels, texts, deep) => {
    expect(textsIn(body, { ...FAR, levels })).toEqual(texts)
    expect(recordTexts(body, { ...FAR, levels })?.records.map(({ isTooDeep }) => isTooDeep)).toEqual(deep)
  })

  test('brackets, colons and commas of each are counted, but not those in texts or too deep', () => {
    const large = (body: string, marks: number) =>
      recordTexts(body, { levels: 2, marks, records: 10 })?.records.map(({ isTooLarge }) => isTooLarge)
    const body = '[{"a:,[]":1,"b":2},[1,[[[1,2,3,4],5]]],"::::,,,"]'
    expect(large(body, 6)).toEqual([false, false, false])
    expect(large(body, 5)).toEqual([false, true, false])
    expect(large(body, 4)).toEqual([true, true, false])
  })

  test('of too many records it gives one too many', () => {
    expect(textsIn(`[${'{},'.repeat(5_000)}`, { ...FAR, records: 3 })).toHaveLength(4)
  })
})
