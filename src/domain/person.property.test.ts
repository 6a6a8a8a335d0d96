import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressOf, commonStart, lowerAscii, personOf } from './person.ts'

const UNSEEN = ['\u200b', '\ufeff', ' ', '\u00ad', '\t', '\u2060', '\u00a0', '\u180e', '\u{e0041}', '\ufe0e', '\u0000']
const unseen = fc.string({ unit: fc.constantFrom(...UNSEEN), maxLength: 4 })
const local = fc.stringMatching(/^[a-z0-9]{1,8}([.+_-][a-z0-9]{1,4})?$/)
// Letters that have several spellings: composed or not, in either case, as a sign of its own.
const letter = fc.constantFrom(...'abksuéüåệñçжωßĳ'.normalize('NFC'), 'ǆ', 'が', 'x\u0302', '中')
const label = fc.string({ unit: letter, minLength: 1, maxLength: 8 })
const domain = fc.tuple(label, label).map(labels => labels.join('.').normalize('NFC'))

const random = (n: number, of: number): boolean => ((n >> of) & 1) === 1

/** One of the many spellings of a domain. */
function spelled(text: string, n: number): string {
  const cased = [...text].map((each, index) => (random(n, index % 16) ? upper(each) : each)).join('')
  const signed = random(n, 17) ? cased.replaceAll('K', '\u212a').replaceAll('Å', '\u212b') : cased
  return random(n, 16) ? signed.normalize('NFD') : signed
}

// `ß` is `SS` in upper case, which is another domain.
const upper = (each: string): string => (each.toUpperCase().toLowerCase() === each ? each.toUpperCase() : each)

const spellings = fc.record({ local, domain, before: unseen, after: unseen, n: fc.nat(), shout: fc.boolean() })

describe('R16a: an address', () => {
  test('is one person and one contact in every spelling', () => {
    fc.assert(
      fc.property(spellings, ({ local, domain, before, after, n, shout }) => {
        const written = `${before}${shout ? local.toUpperCase() : local}@${spelled(domain, n)}${after}`
        expect(personOf(written)).toBe(`${local}@${domain}`)
        expect(addressOf(written)).toBe(`${local}@${domain}`)
        expect(lowerAscii(written)).toContain(commonStart(personOf(written)))
      }),
    )
  })

  test('with an invisible character within is a person of its own, and no contact', () => {
    const within = fc.constantFrom(...UNSEEN.filter(each => each.trim() !== ''), '\ud800')
    fc.assert(
      fc.property(spellings, within, fc.nat(), ({ local, domain }, hidden, n) => {
        const address = [...`${local}@${domain}`]
        const place = 1 + (n % (address.length - 1))
        const written = [...address.slice(0, place), hidden, ...address.slice(place)].join('')
        expect(addressOf(written)).toBeUndefined()
        expect(personOf(written)).not.toBe(personOf(address.join('')))
      }),
    )
  })

  test('is in its one form already once it was brought there, and so is any other id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        for (const id of [`${a}@${b}`, a]) expect(personOf(personOf(id))).toBe(personOf(id))
      }),
    )
  })

  test('is another person before the @ with every other letter that is no letter A to Z', () => {
    const other = fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }).filter(each => each > '\u007f')
    fc.assert(
      fc.property(other, other, (one, two) => {
        fc.pre(one !== two)
        expect(personOf(`x${one}x@x.test`)).not.toBe(personOf(`x${two}x@x.test`))
        expect(addressOf(`x${one}x@x.test`)).toBeUndefined()
      }),
    )
  })

  test('has at most 512 characters in its form, so that it can be an entry of an index', () => {
    // Three characters each, in its one form.
    for (const expanding of ['\u0958', '\u{1d160}', '\u0130']) {
      const id = `A@${expanding.repeat(Math.floor(510 / expanding.length))}`
      expect(personOf(id).length).toBeLessThanOrEqual(512)
      expect(Buffer.byteLength(personOf(id))).toBeLessThan(2_700)
      expect(personOf(personOf(id))).toBe(personOf(id))
    }
  })

  test('of any length is looked at once', () => {
    const long = `${'\u200b '.repeat(100_000)}a${'.'.repeat(100_000)}@${'\u0308'.repeat(100_000)}`
    expect(addressOf(long)).toBeUndefined()
    expect(addressOf(`a@${'a.'.repeat(200_000)}`)).toBeUndefined()
  })
})
