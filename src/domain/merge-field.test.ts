import { describe, expect, test } from 'vitest'
import { mergeField } from '../../test/builders.ts'
import { fitText, fitYesNo, takesYesNo, type FieldValue } from './merge-field.ts'

const fits = (value: FieldValue) => ({ kind: 'fits', value })
const PLAN = mergeField('PLAN', 'dropdown', ['free', 'gold', ''])

describe('R13: a yes or no', () => {
  test('goes to a text field as the words true and false', () => {
    expect(fitYesNo(true, mergeField('NEWSLETTER'))).toEqual(fits('true'))
    expect(fitYesNo(false, mergeField('NEWSLETTER'))).toEqual(fits('false'))
  })

  test.each(['dropdown', 'radio'])('goes to a %s that offers both words', type => {
    const both = mergeField('NEWSLETTER', type, ['true', 'false'])
    expect(fitYesNo(false, both)).toEqual(fits('false'))
    expect(takesYesNo(both)).toBe(true)
    const yesOnly = mergeField('NEWSLETTER', type, ['true'])
    expect(fitYesNo(true, yesOnly).kind).toBe('mismatch')
    expect(takesYesNo(yesOnly)).toBe(false)
  })

  test.each(['number', 'date', 'birthday', 'phone', 'zip', 'url', 'imageurl', 'address', 'of-the-future'])(
    'can never go into a field of type %s: the mapping is at fault',
    type => {
      const fit = fitYesNo(true, mergeField('NEWSLETTER', type))
      expect(fit.kind).toBe('mismatch')
      expect(fit).toHaveProperty('detail', expect.stringContaining(type))
      expect(takesYesNo(mergeField('NEWSLETTER', type))).toBe(false)
    },
  )
})

describe('R13: a text fits, or is set aside whole', () => {
  test.each<[type: string, text: string, sent: FieldValue]>([
    ['text', 'x'.repeat(255), 'x'.repeat(255)],
    ['text', 'é'.repeat(127), 'é'.repeat(127)],
    ['text', '€'.repeat(85), '€'.repeat(85)],
    ['text', '😀'.repeat(63), '😀'.repeat(63)],
    ['text', ' Ada ', ' Ada '],
    ['phone', '+33 1 23 45 67 89', '+33 1 23 45 67 89'],
    ['number', '42', 42],
    ['number', '-0.5', -0.5],
    ['number', '0', 0],
    ['date', '2024-02-29', '2024-02-29'],
    ['date', '2024-05-02T09:30:00Z', '2024-05-02'],
    ['birthday', '02/29', '02/29'],
    ['birthday', '12/31', '12/31'],
    ['zip', '01234', '01234'],
    ['url', 'https://example.test/a?b=c', 'https://example.test/a?b=c'],
    ['imageurl', 'http://example.test/a.png', 'http://example.test/a.png'],
    ['dropdown', 'gold', 'gold'],
    ['radio', 'free', 'free'],
  ])('%s takes %j', (type, text, sent) => {
    expect(fitText(text, mergeField('X', type, PLAN.choices))).toEqual(fits(sent))
  })

  test.each<[type: string, text: string]>([
    ['text', 'x'.repeat(256)],
    ['text', 'é'.repeat(128)],
    ['text', '€'.repeat(86)],
    ['text', '😀'.repeat(64)],
    ['phone', '1'.repeat(256)],
    ['url', `https://example.test/${'x'.repeat(250)}`],
    ['number', 'gold'],
    ['number', '12 monkeys'],
    ['number', ' '],
    ['number', '1e400'],
    ['number', 'Infinity'],
    ['number', 'NaN'],
    ['number', '0x10'],
    ['number', '12345678901234567890'],
    ['date', 'yesterday'],
    ['date', '02/05/2024'],
    ['date', '2024-02-30'],
    ['date', '2024-13-01'],
    ['date', '2024-00-00T00:00:00Z'],
    ['date', '2024-05-02 and so on'],
    ['birthday', '2024-05-02'],
    ['birthday', '13/01'],
    ['birthday', '02/30'],
    ['birthday', '04/31'],
    ['birthday', '5/2'],
    ['zip', '1234'],
    ['zip', '123456'],
    ['zip', 'SW1A 1AA'],
    ['url', 'example.test'],
    ['url', 'javascript:alert(1)'],
    ['url', 'https://'],
    ['dropdown', 'Gold'],
    ['radio', 'silver'],
  ])('%s does not take %j: set aside, neither sent nor cut', (type, text) => {
    const fit = fitText(text, mergeField('X', type, PLAN.choices))
    expect(fit.kind).toBe('unfit')
    expect(fit).toHaveProperty('detail', expect.stringMatching(/^takes /))
  })

  test.each(['address', 'of-the-future'])('a field of type %s takes no text at all: the mapping is at fault', type => {
    expect(fitText('x', mergeField('X', type))).toMatchObject({ kind: 'mismatch' })
  })

  test.each(['text', 'number', 'date', 'zip', 'dropdown', 'birthday'])('no text clears a field of type %s', type => {
    expect(fitText('', mergeField('X', type))).toEqual(fits(''))
  })

  test('says how many bytes there are, since characters mislead', () => {
    expect(fitText('é'.repeat(128), mergeField('X'))).toHaveProperty('detail', expect.stringContaining('256'))
  })

  test('says which choices there are', () => {
    expect(fitText('silver', PLAN)).toHaveProperty('detail', 'takes one of "free", "gold", ""')
  })
})
