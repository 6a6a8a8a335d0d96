/** The two audiences of the demo: one only updates known contacts, the other also creates unknown ones. */
export const UPDATE_ONLY = 'a1b2c3d4e5'
export const UPSERT = 'f6e7d8c9b0'

/** How a debt must end, and what the contact's merge fields must then hold; no contact at all when undefined. */
export type End = {
  readonly end: 'in_step' | 'not_in_audience' | 'unmatched'
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

const inStep = (holds: Readonly<Record<string, string>>): End => ({ end: 'in_step', holds })
const ABSENT: End = { end: 'not_in_audience' }
const UNMATCHED: End = { end: 'unmatched' }
const NOTHING_TO_DO: End = { end: 'in_step' }
const both = (end: End): { updateOnly: End; upsert: End } => ({ updateOnly: end, upsert: end })

const UNTOUCHED = { NEWSLETTER: '', OFFERS: '', TOPICS: '' }

export const PEOPLE: readonly Person[] = [
  {
    id: 'ada@mail.test',
    story: 'grants the newsletter, refuses offers (API v1)',
    contact: 'subscribed',
    ends: both(inStep({ NEWSLETTER: 'true', OFFERS: 'false' })),
  },
  {
    id: 'grace@mail.test',
    story: 'picks two topics (API v2), then drops one',
    contact: 'subscribed',
    ends: both(inStep({ NEWSLETTER: 'true', TOPICS: 'culture' })),
  },
  {
    id: 'katherine@mail.test',
    story: 'grants, then withdraws',
    contact: 'subscribed',
    ends: both(inStep({ NEWSLETTER: 'false' })),
  },
  {
    id: 'alan@mail.test',
    story: 'withdraws; the older grant arrives late',
    contact: 'subscribed',
    ends: both(inStep({ NEWSLETTER: 'false' })),
  },
  {
    id: 'edsger@mail.test',
    story: 'grants once, told three times',
    contact: 'subscribed',
    ends: both(inStep({ NEWSLETTER: 'true' })),
  },
  {
    id: 'radia@mail.test',
    story: 'grants, unknown to Mailchimp',
    ends: { updateOnly: ABSENT, upsert: inStep({ NEWSLETTER: 'true' }) },
  },
  {
    id: 'barbara@mail.test',
    story: 'refuses, unknown to Mailchimp',
    ends: { updateOnly: ABSENT, upsert: inStep({ NEWSLETTER: 'false' }) },
  },
  {
    id: 'margaret@mail.test',
    story: 'grants, but waits for approval',
    contact: 'subscribed',
    ends: { updateOnly: inStep(UNTOUCHED), upsert: NOTHING_TO_DO },
  },
  {
    id: 'donald@mail.test',
    story: 'chooses under CPRA, not GDPR',
    contact: 'subscribed',
    ends: { updateOnly: inStep(UNTOUCHED), upsert: NOTHING_TO_DO },
  },
  {
    id: 'frances@mail.test',
    story: 'unsubscribed at Mailchimp, now grants',
    contact: 'unsubscribed',
    ends: both(inStep({ NEWSLETTER: 'true' })),
  },
  {
    id: 'crm-4711',
    story: 'an id that is no address',
    ends: both(UNMATCHED),
  },
]
