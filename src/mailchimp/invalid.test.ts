import { describe, expect, test } from 'vitest'
import { classifyInvalid, type Written } from './invalid.ts'
import { merging } from '../../test/builders.ts'
import { mergeField } from '../domain/target.ts'

const PUT: Written = { do: 'upsert', fields: merging({ NEWS: 'true', offers: 'false' }) }
const PATCH: Written = { ...PUT, do: 'update' }

type Errors = readonly { readonly field?: unknown; readonly message?: unknown }[]

const invalid = (errors: Errors | undefined, written: Written | undefined = PUT, detail = 'No.') =>
  classifyInvalid({ title: 'Invalid Resource', status: 400, detail, ...(errors ? { errors } : {}) }, detail, written)
const about = (...fields: readonly string[]) => invalid(fields.map(field => ({ field, message: 'is wrong' })))

describe('R25: which merge fields a 400 names', () => {
  test.each<[field: string, tags: readonly string[]]>([
    ['NEWS', ['NEWS']],
    ['merge_fields.NEWS', ['NEWS']],
    ['merge_fields.ADDR.zip', ['ADDR']],
    ['merge_fields', []],
    ['merge_fields.', []],
    ['', []],
    ['FNAME', ['FNAME']],
  ])('%j names %j', (field, fields) => {
    expect(about(field)).toMatchObject({ kind: 'rejected', cause: 'fields_invalid', fields: fields.map(mergeField) })
  })

  test('in the spelling that was sent', () => {
    expect(about('OFFERS', 'merge_fields.news')).toMatchObject({ fields: ['merge:offers', 'merge:NEWS'] })
  })
  test('each once, though Mailchimp has two complaints', () => {
    expect(about('NEWS', 'merge_fields.NEWS', '')).toMatchObject({ fields: ['merge:NEWS'] })
  })
  test.each([[[{}]], [[{ field: null, message: 5 }]], [[]]])('none in %j', errors => {
    expect(invalid(errors)).toMatchObject({ cause: 'fields_invalid', fields: [], detail: 'No.' })
  })
  test('with what it says of each', () => {
    const errors = [
      { field: 'NEWS', message: 'Please enter a value' },
      { field: '', message: 'Too much' },
    ]
    expect(invalid(errors)).toMatchObject({ detail: 'NEWS: Please enter a value; Too much' })
  })
})

describe('R25: a 400 that names no merge field', () => {
  test('without errors is about the address, where there is one', () => {
    expect(invalid(undefined, PUT)).toMatchObject({ cause: 'address_refused', fields: [] })
    expect(invalid(undefined, PATCH)).toMatchObject({ cause: 'fields_invalid', fields: [] })
  })
  test('is about the address before anything else', () => {
    expect(about('NEWS', 'email address')).toMatchObject({ cause: 'address_conflict', fields: [] })
    expect(about('email_address', 'NEWS')).toMatchObject({ cause: 'address_refused', fields: [] })
  })
  test('is our mistake when it is about the status, and a merge field beside it still counts', () => {
    expect(about('status_if_new')).toMatchObject({ cause: 'request_refused' })
    expect(about('status_if_new', 'NEWS')).toMatchObject({ cause: 'fields_invalid' })
  })
  test('of a request that wrote nothing blames no field', () => {
    const json = { title: 'Invalid Resource', errors: [{ field: 'NEWS' }] }
    expect(classifyInvalid(json, '', undefined)).toMatchObject({ cause: 'request_refused', fields: [] })
  })
})

describe('R25 R26: the one text that makes a 400 temporary', () => {
  const words = "ada@mail.test has signed up to a lot of lists very recently; we're not allowing more signups for now"
  test('counts in the detail and in an error, for any request', () => {
    for (const written of [PUT, PATCH, undefined]) {
      expect(invalid(undefined, written, words)).toMatchObject({ kind: 'retry', cause: 'signup_throttled' })
      expect(invalid([{ field: '', message: words }], written)).toMatchObject({ cause: 'signup_throttled' })
    }
  })
  test('does not count beside a title that is final', () => {
    const json = { title: 'Forgotten Email Not Subscribed', detail: words }
    expect(classifyInvalid(json, words, PUT)).toMatchObject({ kind: 'rejected', cause: 'forgotten' })
  })
})
