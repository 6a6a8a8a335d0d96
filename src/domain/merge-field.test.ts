import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeField } from '../../test/builders.ts'
import { fitText, fitYesNo, takesYesNo, type FieldValue, type MergeField } from './merge-field.ts'

const fits = (value: FieldValue) => ({ kind: 'fits', value })
const inFormat = (type: string, format: string | undefined): MergeField =>
  type === 'phone'
    ? { ...mergeField('X', type), phoneFormat: format }
    : { ...mergeField('X', type), dateFormat: format }
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

describe('R13: a text is checked against the format of its own field', () => {
  test.each<[type: string, format: string | undefined, text: string, sent: string]>([
    ['date', undefined, '2024-05-02', '2024-05-02'],
    ['date', 'MM/DD/YYYY', '2024-05-02', '2024-05-02'],
    ['date', 'MM/DD/YYYY', '2024/05/02', '2024-05-02'],
    ['date', 'DD/MM/YYYY', '02-05-2024', '2024-05-02'],
    ['date', 'MM/DD/YYYY', '05/02/2024', '2024-05-02'],
    ['date', 'DD/MM/YYYY', '02/05/2024', '2024-05-02'],
    ['date', 'DD/MM/YYYY', '31/12/1999', '1999-12-31'],
    ['date', 'MM/DD/YYYY', '02/29/2024', '2024-02-29'],
    ['date', 'DD/MM/YYYY', '2024-05-02T23:59:59.999+02:00', '2024-05-02'],
    ['birthday', undefined, '12/31', '12/31'],
    ['birthday', 'MM/DD', '02/29', '02/29'],
    ['birthday', 'DD/MM', '29/02', '29/02'],
    ['birthday', 'DD/MM', '31/12', '31/12'],
    ['phone', 'US', '(212) 555-0123', '(212) 555-0123'],
    ['phone', 'US', '(212)555-0123', '(212)555-0123'],
    ['phone', 'US', '212-555-0123', '212-555-0123'],
    ['phone', 'US', '212.555.0123', '212.555.0123'],
    ['phone', 'us', '2125550123', '2125550123'],
    ['phone', 'International', '+33 1 23 45 67 89', '+33 1 23 45 67 89'],
    ['phone', 'none', 'ask for Ada', 'ask for Ada'],
    ['phone', undefined, '555', '555'],
  ])('%s in the format %s takes %j', (type, format, text, sent) => {
    expect(fitText(text, inFormat(type, format))).toEqual(fits(sent))
  })

  test.each<[type: string, format: string | undefined, text: string]>([
    ['date', undefined, '05/02/2024'],
    ['date', 'YYYY', '05/02/2024'],
    ['date', 'MM/DD/YYYY', '31/12/2024'],
    ['date', 'DD/MM/YYYY', '12/31/2024'],
    ['date', 'MM/DD/YYYY', '02/29/2023'],
    ['date', 'DD/MM/YYYY', '31/04/2024'],
    ['date', 'DD/MM/YYYY', '02/05'],
    ['date', 'MM/DD/YYYY', '5/2/2024'],
    ['date', 'MM/DD/YYYY', '2024-05/02'],
    ['date', 'DD/MM/YYYY', '2024-31-12'],
    ['birthday', 'MM/DD', '31/12'],
    ['birthday', undefined, '31/12'],
    ['birthday', 'DD/MM', '12/31'],
    ['birthday', 'DD/MM', '30/02'],
    ['birthday', 'DD/MM', '31/12/1999'],
    ['phone', 'US', '+1 212 555 0123'],
    ['phone', 'US', '(212 555-0123'],
    ['phone', 'US', '212) 555-0123'],
    ['phone', 'US', '555-0123'],
    ['phone', 'US', '212 555 01234'],
    ['phone', 'US', 'ask for Ada'],
  ])('%s in the format %s does not take %j', (type, format, text) => {
    expect(fitText(text, inFormat(type, format)).kind).toBe('unfit')
  })
})

const TYPES = ['text', 'phone', 'number', 'date', 'birthday', 'zip', 'url', 'imageurl', 'dropdown', 'radio']
const FORMATS = [undefined, 'MM/DD/YYYY', 'DD/MM/YYYY', 'MM/DD', 'DD/MM', 'US', 'none', 'of the future']
const ALL_FIELDS = TYPES.flatMap(type =>
  FORMATS.map(format => ({ ...mergeField('X', type, ['a', '']), dateFormat: format, phoneFormat: format })),
)
const LONG = 400_000

describe('R13: a text of any length and shape', () => {
  test.each<[what: string, text: string]>([
    ['digits', '1'.repeat(LONG)],
    ['zeros and then no digit', `${'0'.repeat(LONG)}x`],
    ['blanks', `${' '.repeat(LONG)}x`],
    ['blanks around a number', `${' '.repeat(LONG)}1`],
    ['dots', `1${'.'.repeat(LONG)}`],
    ['an address of dots', `https://${'a.'.repeat(LONG / 2)} `],
    ['an address of one host', `https://${'a'.repeat(LONG)}`],
    ['slashes', '/'.repeat(LONG)],
    ['a time with many digits', `2024-05-02T09:00:00.${'0'.repeat(LONG)}!`],
    ['brackets', '('.repeat(LONG)],
    ['half a surrogate pair', '\ud83d'.repeat(LONG)],
  ])('that is long is set aside by every type, without being searched: %s', (_, text) => {
    for (const field of ALL_FIELDS)
      expect(fitText(text, field)).toMatchObject({
        kind: 'unfit',
        detail: expect.stringMatching(/^takes at most 255/) as string,
      })
  })

  const someText = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.string({ unit: fc.constantFrom('0', '1', '9', '/', '-', '.', ' ', '(', ')', 'T', ':', 'Z'), maxLength: 30 }),
    fc.date({ noInvalidDate: true }).map(date => date.toISOString()),
  )

  test('fits as it is, as a number or as a day, and what fits would fit again', () => {
    fc.assert(
      fc.property(someText, fc.constantFrom(...ALL_FIELDS), (text, field) => {
        const fit = fitText(text, field)
        if (fit.kind !== 'fits') return
        expect(new TextEncoder().encode(String(fit.value)).length).toBeLessThanOrEqual(255)
        if (field.type === 'number') expect(Number.isFinite(fit.value || 0)).toBe(true)
        else if (field.type === 'date') expect(fit.value).toMatch(/^(\d{4}-\d\d-\d\d)?$/)
        else expect(fit.value).toBe(text)
        if (typeof fit.value === 'string') expect(fitText(fit.value, field)).toEqual(fit)
      }),
      { numRuns: 5_000 },
    )
  })

  test('names one day in a field of one order, and another or none in a field of the other', () => {
    const days = fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    fc.assert(
      fc.property(days, date => {
        const [year = '', month = '', day = ''] = date.toISOString().slice(0, 10).split('-')
        const american = inFormat('date', 'MM/DD/YYYY')
        expect(fitText(`${month}/${day}/${year}`, american)).toEqual(fits(`${year}-${month}-${day}`))
        expect(fitText(`${day}/${month}/${year}`, inFormat('date', 'DD/MM/YYYY'))).toEqual(
          fits(`${year}-${month}-${day}`),
        )
        const swapped = fitText(`${day}/${month}/${year}`, american)
        expect(swapped.kind).toBe(Number(day) > 12 ? 'unfit' : 'fits')
      }),
    )
  })
})
