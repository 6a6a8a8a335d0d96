import { describe, expect, test } from 'vitest'
import { attribute, optionsOf, stateOf } from '../../test/builders.ts'
import { addressOf, contactOf, lowerAscii, personOf, type ContactRef, type Match } from './person.ts'
import { contactFor } from './plan.ts'

const KELVIN = '\u212a'
const address = (text: string): ContactRef => ({ by: 'address', address: text })
const domainOf = (length: number) => `${'d'.repeat(length - '.test'.length)}.test`

describe('R16: who is one person', () => {
  test.each([
    ['Ada@Example.TEST', 'ada@example.test'],
    ['  ada@example.test\t', 'ada@example.test'],
    ['\u00a0ADA@example.test\n', 'ada@example.test'],
    [`${KELVIN}@example.test`, `${KELVIN}@example.test`],
    ['d\u0130lara@example.test', 'd\u0130lara@example.test'],
    ['\u0131rmak@example.test', '\u0131rmak@example.test'],
    ['É@example.test', 'É@example.test'],
    ['AD a@example.test', 'ad a@example.test'],
    ['Customer-42', 'Customer-42'],
    [' Customer-42 ', 'Customer-42'],
    ['0CC175B9C0F1B6A831C399E269772661', '0CC175B9C0F1B6A831C399E269772661'],
    ['ada@BÜCHER.test', 'ada@bücher.test'],
    ['ada@BU\u0308CHER.test', 'ada@bücher.test'],
    ['ada@bu\u0308cher.TEST\u200b', 'ada@bücher.test'],
    ['\ufeffada@bücher.test\u2060', 'ada@bücher.test'],
    [`ada@${KELVIN}iosk.test`, 'ada@kiosk.test'],
    ['ada@\u212bland.test', 'ada@åland.test'],
    ['ada@СПАС.test', 'ada@спас.test'],
    ['ÉVA@É.test', 'Éva@é.test'],
    ['ada\u200b@example.test', 'ada\u200b@example.test'],
    ['\u200bCustomer-42', '\u200bCustomer-42'],
    ['A@B@C.test', 'a@b@c.test'],
    ['@', '@'],
  ])('%j is the person %j', (id, person) => {
    expect(personOf(id)).toBe(person)
  })

  test('the Kelvin sign and the dotless i are not k and i', () => {
    expect(personOf(`${KELVIN}@example.test`)).not.toBe(personOf('k@example.test'))
    expect(personOf('\u0131@example.test')).not.toBe(personOf('I@example.test'))
    expect(lowerAscii(`ABC${KELVIN}ÉZ\u0130`)).toBe(`abc${KELVIN}Éz\u0130`)
  })
})

describe('R16: an address', () => {
  test.each([
    ['Ada.Lovelace+News@Example.test', 'ada.lovelace+news@example.test'],
    [' ada@example.test ', 'ada@example.test'],
    ["o'hara_#!$%&*/=?^`{|}~-@mail.example.test", "o'hara_#!$%&*/=?^`{|}~-@mail.example.test"],
    ['ada@münchen.test', 'ada@münchen.test'],
    ['\u200bADA@MU\u0308NCHEN.test\u00a0\ufeff', 'ada@münchen.test'],
    ['\u202eada@example.test\u202c', 'ada@example.test'],
    ['a@b.co', 'a@b.co'],
    [`${'a'.repeat(64)}@example.test`, `${'a'.repeat(64)}@example.test`],
    [`ada@${domainOf(250)}`, `ada@${domainOf(250)}`],
  ])('%j is contact %j', (id, expected) => {
    expect(addressOf(id)).toBe(expected)
    expect(contactOf(id, 'email')).toEqual(address(expected))
  })

  test.each([
    ['', 'nothing'],
    ['Customer-42', 'no @'],
    ['ada@', 'no domain'],
    ['@example.test', 'no local part'],
    ['ada@example', 'a domain without a dot'],
    ['ada@example.', 'a dot at the end'],
    ['ada@.test', 'a dot at the start of the domain'],
    ['ada@exa..test', 'two dots in the domain'],
    ['.ada@example.test', 'a dot at the start'],
    ['ada.@example.test', 'a dot before the @'],
    ['a..da@example.test', 'two dots'],
    ['ada@b@example.test', 'two @'],
    ['"ada lovelace"@example.test', 'a quoted local part'],
    ['"ada"@example.test', 'a quoted local part without a space'],
    ['Ada <ada@example.test>', 'a name around it'],
    ['ada@example.test, bob@example.test', 'two addresses'],
    ['ada lovelace@example.test', 'a space within'],
    ['ada@exam ple.test', 'a space in the domain'],
    ['ada\u0000@example.test', 'a NUL'],
    ['ada\u007f@example.test', 'a DEL'],
    ['ada@example.test\r\nBcc: x@example.test', 'a header put in'],
    ['ada@exa\u0007mple.test', 'a bell in the domain'],
    [`${KELVIN}@example.test`, 'a Kelvin sign'],
    ['\u0131rmak@example.test', 'a dotless i'],
    ['josé@example.test', 'a local part that is not ASCII'],
    ['a\u202eda@example.test', 'a mark that turns the direction of writing'],
    ['ada\u200b@example.test', 'an invisible character before the @'],
    ['ada@\ufeffexample.test', 'an invisible character behind the @'],
    ['ada@exam\u00adple.test', 'a soft hyphen in the domain'],
    ['ada@example.te\u{e0020}st', 'a tag in the domain'],
    ['ada@example\ufe0f.test', 'a variation selector in the domain'],
    ['ada@ex\ud83dample.test', 'half a pair of surrogates'],
    ['ada@example.test\udc00', 'half a pair of surrogates at the end'],
    ['ada@exam\u0085ple.test', 'a control character of the second set'],
    [`${'a'.repeat(65)}@example.test`, '65 characters before the @'],
    [`ada@${domainOf(251)}`, '255 characters'],
  ])('%j is none: %s (R17)', id => {
    expect(addressOf(id)).toBeUndefined()
    expect(contactOf(id, 'email')).toBeUndefined()
  })
})

describe('R16, R17: the contact under options.match', () => {
  const MD5 = '0cc175b9c0f1b6a831c399e269772661'
  test.each<[match: Match, id: string, contact: ContactRef | undefined]>([
    ['email', 'Ada@example.test', address('ada@example.test')],
    ['email', MD5, undefined],
    ['subscriber_hash', MD5, { by: 'hash', hash: MD5 }],
    ['subscriber_hash', ` ${MD5.toUpperCase()} `, { by: 'hash', hash: MD5 }],
    ['subscriber_hash', `\ufeff${MD5}\u200b`, { by: 'hash', hash: MD5 }],
    ['subscriber_hash', MD5.slice(1), undefined],
    ['subscriber_hash', `${MD5}0`, undefined],
    ['subscriber_hash', MD5.replace('0', 'g'), undefined],
    ['subscriber_hash', 'ada@example.test', undefined],
    ['subscriber_hash', '../../../ping', undefined],
    ['contact_id', '7fbd1a3e2c', { by: 'contact_id', contactId: '7fbd1a3e2c' }],
    ['contact_id', 'ada@example.test', undefined],
    ['contact_id', '7fbd/1a3e2c', undefined],
    ['contact_id', '7fbd1a3e2c?status=subscribed', undefined],
    ['contact_id', '', undefined],
  ])('%s: %j', (match, id, contact) => {
    expect(contactOf(id, match)).toEqual(contact)
  })

  const byMail = { options: optionsOf({ match: 'metadata_email' }) }

  test('metadata_<key>: that metadata value is the address', () => {
    const state = stateOf([], [attribute('metadata.email', ' Ada@Example.test')])
    expect(contactFor(state, 'Customer-42', byMail)).toEqual(address('ada@example.test'))
  })

  test('metadata_<key>: a person without it, or with something that is no address, is nobody', () => {
    expect(contactFor(stateOf([]), 'ada@example.test', byMail)).toBeUndefined()
    const wrong = stateOf([], [attribute('metadata.email', 'none'), attribute('email', 'ada@example.test')])
    expect(contactFor(wrong, 'ada@example.test', byMail)).toBeUndefined()
  })

  test('R11: metadata_<key> that two places spell is nobody, rather than one of two people', () => {
    const state = stateOf(
      [],
      [attribute('metadata.crm_email', 'ada@example.test'), attribute('metadata.crm.email', 'bob@example.test')],
    )
    expect(contactFor(state, 'Customer-42', { options: optionsOf({ match: 'metadata_crm_email' }) })).toBeUndefined()
  })

  test('otherwise the organization_user_id is what names the contact', () => {
    const state = stateOf([], [attribute('metadata.email', 'bob@example.test')])
    expect(contactFor(state, 'ada@example.test', { options: optionsOf() })).toEqual(address('ada@example.test'))
  })
})
