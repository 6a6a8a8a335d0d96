import { expect, test } from 'vitest'
import { AUDIENCE, event, startWorld } from '../world.ts'

test('R18: a grant for an existing contact is one PATCH of one merge field, and no status', async () => {
  await using world = await startWorld()
  world.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  await world.integrates()
  await world.receives(event({ who: 'ada@mail.test', at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } }))
  await world.settles()

  expect(world.mailchimp.contact(AUDIENCE, 'ada@mail.test')?.merge_fields).toMatchObject({ NEWS: 'true' })
  expect(world.writes()).toEqual([
    {
      method: 'PATCH',
      path: '/3.0/lists/a1b2c3d4e5/members/c3f33bf8b37a5dd5ab2fd0ceb2db61cc?skip_merge_validation=true',
      body: { merge_fields: { NEWS: 'true' } },
      status: 200,
    },
  ])
  expect((await world.stats()).deliveries).toMatchObject({ delivered: 1, waiting: 0 })
})

test('R18: an unknown contact with upsert off is not created, and the delivery says why', async () => {
  await using world = await startWorld()
  await world.integrates()
  await world.receives(event({ who: 'nobody@mail.test', at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } }))
  await world.settles()

  expect(world.mailchimp.contact(AUDIENCE, 'nobody@mail.test')).toBeUndefined()
  const { body } = await world.api<{ data: { status: string; reason: string; says: string }[] }>(
    'GET',
    '/v1/deliveries',
  )
  expect(body.data).toMatchObject([{ status: 'skipped', reason: 'no_such_contact' }])
  expect(body.data[0]?.says).toContain('does not create contacts')
})

test('R19 R20: with upsert on, one PUT creates the contact with the configured status', async () => {
  await using world = await startWorld()
  await world.integrates({ upsert_mode: true, options: { new_contact_status: 'subscribed' } })
  await world.receives(event({ who: 'Grace@Mail.test ', at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } }))
  await world.settles()

  expect(world.writes()).toMatchObject([
    {
      method: 'PUT',
      body: { email_address: 'grace@mail.test', status_if_new: 'subscribed', merge_fields: { NEWS: 'true' } },
    },
  ])
  expect(world.mailchimp.contact(AUDIENCE, 'grace@mail.test')).toMatchObject({ status: 'subscribed' })
})

test('R20: a refusal of an unknown contact never makes a subscriber', async () => {
  await using world = await startWorld()
  await world.integrates({ upsert_mode: true, options: { new_contact_status: 'subscribed' } })
  await world.receives(event({ who: 'no@mail.test', at: '2026-11-23T08:00:00Z', purposes: { newsletter: false } }))
  await world.settles()

  expect(world.mailchimp.contact(AUDIENCE, 'no@mail.test')).toMatchObject({
    status: 'transactional',
    merge_fields: { NEWS: 'false' },
  })
})

test('R19 I5: a person who left at Mailchimp is not brought back by a grant', async () => {
  await using world = await startWorld()
  world.mailchimp.addContact(AUDIENCE, { email_address: 'ada@mail.test', status: 'subscribed' })
  world.mailchimp.act(AUDIENCE, 'ada@mail.test', 'unsubscribe')
  await world.integrates({ upsert_mode: true, options: { new_contact_status: 'subscribed' } })
  await world.receives(event({ who: 'ada@mail.test', at: '2026-11-23T08:00:00Z', purposes: { newsletter: true } }))
  await world.settles()

  expect(world.mailchimp.contact(AUDIENCE, 'ada@mail.test')).toMatchObject({
    status: 'unsubscribed',
    merge_fields: { NEWS: 'true' },
  })
})
