/** The two audiences of the demo: one only updates known contacts, the other also creates unknown ones. */
export const UPDATE_ONLY = 'a1b2c3d4e5'
export const UPSERT = 'f6e7d8c9b0'

type Status = 'delivered' | 'skipped' | 'held' | 'dead'

/** How a debt must end, and what the contact's merge fields must then hold; no contact at all when undefined. */
export type End = {
  readonly status: Status
  readonly reason?: string
  readonly holds?: Readonly<Record<string, string>>
}

export type Person = {
  readonly id: string
  /** What happens to this person in the sample, in a few words. */
  readonly story: string
  /** Status at Mailchimp before the demo, in the audience that only updates. */
  readonly contact?: 'subscribed' | 'unsubscribed'
  /** What must come of it; a person that owes nothing has no end. */
  readonly ends?: { readonly updateOnly: End; readonly upsert: End }
}

const delivered = (holds: Readonly<Record<string, string>>): End => ({ status: 'delivered', holds })
const skipped = (reason: string, holds?: Readonly<Record<string, string>>): End => ({
  status: 'skipped',
  reason,
  ...(holds ? { holds } : {}),
})
const both = (end: End): { updateOnly: End; upsert: End } => ({ updateOnly: end, upsert: end })

const UNTOUCHED = { NEWSLETTER: '', OFFERS: '', TOPICS: '' }

export const PEOPLE: readonly Person[] = [
  {
    id: 'ada@mail.test',
    story: 'grants the newsletter, refuses offers (API v1)',
    contact: 'subscribed',
    ends: both(delivered({ NEWSLETTER: 'true', OFFERS: 'false' })),
  },
  {
    id: 'grace@mail.test',
    story: 'picks two topics (API v2), then drops one',
    contact: 'subscribed',
    ends: both(delivered({ NEWSLETTER: 'true', TOPICS: 'culture' })),
  },
  {
    id: 'katherine@mail.test',
    story: 'grants, then withdraws',
    contact: 'subscribed',
    ends: both(delivered({ NEWSLETTER: 'false' })),
  },
  {
    id: 'alan@mail.test',
    story: 'withdraws; the older grant arrives late',
    contact: 'subscribed',
    ends: both({ ...delivered({ NEWSLETTER: 'false' }), status: 'skipped', reason: 'unchanged' }),
  },
  {
    id: 'edsger@mail.test',
    story: 'grants once, told three times',
    contact: 'subscribed',
    ends: both(delivered({ NEWSLETTER: 'true' })),
  },
  {
    id: 'radia@mail.test',
    story: 'grants, unknown to Mailchimp',
    ends: { updateOnly: skipped('no_such_contact'), upsert: delivered({ NEWSLETTER: 'true' }) },
  },
  {
    id: 'barbara@mail.test',
    story: 'refuses, unknown to Mailchimp',
    ends: { updateOnly: skipped('no_such_contact'), upsert: delivered({ NEWSLETTER: 'false' }) },
  },
  {
    id: 'margaret@mail.test',
    story: 'grants, but waits for approval',
    contact: 'subscribed',
    ends: { updateOnly: skipped('nothing_mapped', UNTOUCHED), upsert: skipped('nothing_mapped') },
  },
  {
    id: 'donald@mail.test',
    story: 'chooses under CPRA, not GDPR',
    contact: 'subscribed',
    ends: { updateOnly: skipped('nothing_mapped', UNTOUCHED), upsert: skipped('nothing_mapped') },
  },
  {
    id: 'frances@mail.test',
    story: 'unsubscribed at Mailchimp, now grants',
    contact: 'unsubscribed',
    ends: both(delivered({ NEWSLETTER: 'true' })),
  },
  {
    id: 'crm-4711',
    story: 'an id that is no address',
    ends: both(skipped('unresolvable')),
  },
]
