/** One call of the webhook, as Didomi would make it; `body` is sent as it is when it is text. */
export type Step = { readonly says: string; readonly body: unknown }

const ORGANIZATION = 'the-demo-organization'

type Consents = { readonly purposes: readonly Readonly<Record<string, unknown>>[] }

type Told = {
  readonly id: string
  readonly who?: string
  readonly at: string
  readonly consents: Consents
  readonly more?: Readonly<Record<string, unknown>>
}

const entity = ({ id, who, at, consents, more }: Told) => ({
  id,
  organization_id: ORGANIZATION,
  created_at: at,
  status: 'confirmed',
  regulation: 'gdpr',
  user: {
    id: `device-of-${who ?? 'nobody'}`,
    ...(who === undefined ? {} : { organization_user_id: who }),
    country: 'FR',
    metadata: { shop: 'paris' },
  },
  consents: { channels: [], ...consents, vendors: { enabled: [], disabled: [], enabled_li: [], disabled_li: [] } },
  ...more,
})

const created = (told: Told) => ({ type: 'event.created', parameters: { entity: entity(told) } })

const newsletter = (enabled: boolean | null): Consents => ({ purposes: [{ id: 'newsletter', enabled }] })
const topics = (value: string): Consents => ({
  purposes: [{ id: 'newsletter', enabled: true, values: { topics: { value } } }],
})

const EDSGER = created({
  id: 'evt-07',
  who: 'edsger@mail.test',
  at: '2026-11-20T12:00:00Z',
  consents: newsletter(true),
})

/** Realistic webhooks: both shapes of the API, repeats, late and out-of-order events, and what must change nothing. */
export const SAMPLE: readonly Step[] = [
  {
    says: 'Ada grants the newsletter and refuses offers by e-mail (API v1, nested preferences)',
    body: created({
      id: 'evt-01',
      who: 'ada@mail.test',
      at: '2026-11-20T09:00:00Z',
      consents: {
        purposes: [
          { id: 'newsletter', enabled: true },
          {
            id: 'cookies',
            enabled: null,
            preferences: [{ id: 'offers', enabled: null, channels: [{ id: 'email', enabled: false }] }],
          },
        ],
      },
    }),
  },
  {
    says: 'Grace picks two topics (API v2, flat values)',
    body: created({
      id: 'evt-02',
      who: 'Grace@mail.test',
      at: '2026-11-20T09:30:00Z',
      consents: topics('sport,culture'),
    }),
  },
  {
    says: 'Grace drops one of them (a list of records in one call)',
    body: [created({ id: 'evt-03', who: 'grace@mail.test', at: '2026-11-20T09:31:00Z', consents: topics('culture') })],
  },
  {
    says: 'Katherine grants',
    body: created({ id: 'evt-04', who: 'katherine@mail.test', at: '2026-11-20T10:00:00Z', consents: newsletter(true) }),
  },
  {
    says: 'Katherine withdraws (flattened body)',
    body: {
      type: 'event.created',
      parameters: {
        entity: {
          id: 'evt-05',
          created_at: '2026-11-20T10:05:00Z',
          status: 'confirmed',
          regulation: 'gdpr',
          user__id: 'device-of-katherine@mail.test',
          user__organization_user_id: 'katherine@mail.test',
          consents__purposes__0__id: 'newsletter',
          consents__purposes__0__enabled: false,
        },
      },
    },
  },
  {
    says: 'Alan withdraws at 11:00',
    body: created({ id: 'evt-06', who: 'alan@mail.test', at: '2026-11-20T11:00:00Z', consents: newsletter(false) }),
  },
  { says: 'Edsger grants', body: EDSGER },
  { says: 'the same call again', body: EDSGER },
  { says: 'the same record in a list, a third time', body: [EDSGER] },
  {
    says: 'Radia grants; Mailchimp does not know her',
    body: created({ id: 'evt-08', who: 'radia@mail.test', at: '2026-11-20T13:00:00Z', consents: newsletter(true) }),
  },
  {
    says: 'Barbara refuses; Mailchimp does not know her either',
    body: created({ id: 'evt-09', who: 'barbara@mail.test', at: '2026-11-20T13:30:00Z', consents: newsletter(false) }),
  },
  {
    says: 'Margaret grants, but her e-mail approval is pending',
    body: created({
      id: 'evt-10',
      who: 'margaret@mail.test',
      at: '2026-11-20T14:00:00Z',
      consents: newsletter(true),
      more: { status: 'pending_approval' },
    }),
  },
  {
    says: 'Donald chooses under another regulation',
    body: created({
      id: 'evt-11',
      who: 'donald@mail.test',
      at: '2026-11-20T14:30:00Z',
      consents: newsletter(true),
      more: { regulation: 'cpra' },
    }),
  },
  {
    says: 'Frances left at Mailchimp, and grants at Didomi',
    body: created({ id: 'evt-12', who: 'frances@mail.test', at: '2026-11-20T15:00:00Z', consents: newsletter(true) }),
  },
  {
    says: 'somebody whose id is no address',
    body: created({ id: 'evt-13', who: 'crm-4711', at: '2026-11-20T15:30:00Z', consents: newsletter(true) }),
  },
  {
    says: 'an anonymous visitor',
    body: created({ id: 'evt-14', at: '2026-11-20T16:00:00Z', consents: newsletter(true) }),
  },
  {
    says: 'the same state of Ada as Didomi’s other family of webhooks tells it',
    body: {
      type: 'user.updated',
      parameters: {
        source: { id: 'evt-01', created_at: '2026-11-20T09:00:00Z' },
        old_entity: { id: 'device-of-ada@mail.test', organization_user_id: 'ada@mail.test' },
        new_entity: {
          id: 'device-of-ada@mail.test',
          organization_user_id: 'ada@mail.test',
          version: 2,
          updated_at: '2026-11-20T09:00:01Z',
          consents: newsletter(true),
        },
      },
    },
  },
  { says: 'a type that changes no preferences', body: { type: 'organization.renamed', parameters: {} } },
  { says: 'a body that is cut off', body: '{"type":"event.created","parameters":{"entity":{"id":"evt-1' },
]

/** Sent once everything before was delivered: it is older than what was written already. */
export const LATE: readonly Step[] = [
  {
    says: 'Alan’s grant of 10:00 arrives after his withdrawal of 11:00',
    body: created({ id: 'evt-15', who: 'alan@mail.test', at: '2026-11-20T10:00:00Z', consents: newsletter(true) }),
  },
]
