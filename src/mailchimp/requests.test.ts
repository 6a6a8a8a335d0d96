import { describe, expect, test } from 'vitest'
import { DEFAULT_OPTIONS } from '../domain/options.ts'
import { contactOf, type ContactRef } from '../domain/person.ts'
import { planFor, type Request } from '../domain/plan.ts'
import { contactKey, subscriberHash } from './address.ts'
import { requestFor } from './requests.ts'

const URIST = 'urist.mcvankab@freddiesjokes.com'
const HASH = '62eeb292278cc15f5817cb78f7790b08'

const byAddress = (address: string) => ({ by: 'address', address }) as const
const update = (contact: ContactRef): Request => ({ do: 'update', contact, fields: { NEWS: 'true', LEVEL: 3 } })

describe('R16: what Mailchimp calls a contact', () => {
  test('the MD5 of the address, as in Mailchimp’s own example', () => {
    expect(subscriberHash(URIST)).toBe(HASH)
    expect(contactKey(byAddress(URIST))).toBe(HASH)
  })
  test.each([URIST.toUpperCase(), 'Urist.McVankab@FreddiesJokes.com', `  ${URIST}\n`])('%j is the same contact', id => {
    const contact = contactOf(id, 'email')
    expect(contact && contactKey(contact)).toBe(HASH)
  })
  test.each([HASH, HASH.toUpperCase()])('a hash %s is taken as it is', id => {
    const contact = contactOf(id, 'subscriber_hash')
    expect(contact && contactKey(contact)).toBe(HASH)
  })
  test('a contact id keeps its case', () => {
    const contact = contactOf('c0ffeeBABE42', 'contact_id')
    expect(contact && contactKey(contact)).toBe('c0ffeeBABE42')
  })
  test.each([
    ['a/b', 'a%2Fb'],
    ['a?b=c#d', 'a%3Fb%3Dc%23d'],
    ['a b%2F', 'a%20b%252F'],
    ['é\r\nX: y', '%C3%A9%0D%0AX%3A%20y'],
  ])('a contact id %j cannot leave its segment of the path', (contactId, segment) => {
    expect(contactKey({ by: 'contact_id', contactId })).toBe(segment)
    expect(requestFor(update({ by: 'contact_id', contactId }), 'abc123').path).toBe(
      `/lists/abc123/members/${segment}?skip_merge_validation=true`,
    )
  })
})

describe('the request of a plan', () => {
  test('R18: an update is a PATCH of merge fields and nothing else', () => {
    expect(requestFor(update(byAddress(URIST)), 'abc123')).toStrictEqual({
      method: 'PATCH',
      path: `/lists/abc123/members/${HASH}?skip_merge_validation=true`,
      body: { merge_fields: { NEWS: 'true', LEVEL: 3 } },
    })
  })

  test('R19: an upsert is a PUT with the address, the status of a new contact and merge fields', () => {
    const plan: Request = {
      do: 'upsert',
      contact: byAddress(URIST),
      statusIfNew: 'transactional',
      signedUpAt: undefined,
      fields: { NEWS: 'false' },
    }
    expect(requestFor(plan, 'abc123')).toStrictEqual({
      method: 'PUT',
      path: `/lists/abc123/members/${HASH}?skip_merge_validation=true`,
      body: { email_address: URIST, status_if_new: 'transactional', merge_fields: { NEWS: 'false' } },
    })
  })

  test.each<[at: number, sent: string]>([
    [Date.UTC(2024, 4, 2, 9, 0, 0), '2024-05-02T09:00:00+00:00'],
    [Date.UTC(2024, 4, 2, 9, 0, 0) + 999, '2024-05-02T09:00:00+00:00'],
    [1, '1970-01-01T00:00:00+00:00'],
  ])('R20: an upsert carries the time of the newest grant (%i) as a new contact has it', (signedUpAt, sent) => {
    const plan: Request = { do: 'upsert', contact: byAddress(URIST), statusIfNew: 'pending', signedUpAt, fields: {} }
    expect(requestFor(plan, 'abc123').body).toStrictEqual({
      email_address: URIST,
      status_if_new: 'pending',
      timestamp_signup: sent,
      merge_fields: {},
    })
  })

  test('an audience id cannot leave its segment of the path', () => {
    expect(requestFor(update(byAddress(URIST)), '../a?b').path).toBe(
      `/lists/..%2Fa%3Fb/members/${HASH}?skip_merge_validation=true`,
    )
  })

  test('R19 I5: no request of any plan says `status`, whatever the settings', () => {
    for (const newContactStatus of ['transactional', 'subscribed', 'pending', 'unsubscribed'] as const)
      for (const upsertMode of [true, false])
        for (const subscribes of [true, false])
          for (const confirmed of [{}, { NEWS: 'true' }])
            for (const contact of [byAddress(URIST), { by: 'hash', hash: HASH } as const]) {
              const options = { ...DEFAULT_OPTIONS, newContactStatus }
              const desired = {
                fields: { NEWS: 'false' },
                setAside: [],
                lists: [],
                isStated: true,
                beginning: { subscribes, grantedAt: 1 },
              }
              const plan = planFor({ settings: { upsertMode, options }, contact, isNew: true, desired, confirmed })
              if (plan.do === 'skip') throw new Error(plan.because)
              const { method, path, body } = requestFor(plan, 'abc123')
              expect(JSON.stringify({ path, body })).not.toMatch(/"status"|status=/)
              expect(Object.keys(body as object)).toEqual(
                method === 'PUT'
                  ? ['email_address', 'status_if_new', 'timestamp_signup', 'merge_fields']
                  : ['merge_fields'],
              )
            }
  })
})
