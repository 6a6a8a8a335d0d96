import { AUDIENCE, event, type House } from './house.ts'

const NAMES = [
  'ada',
  'bob',
  'eve',
  'grace',
  'margaret',
  'dennis',
  'barbara',
  'edsger',
  'frances',
  'donald',
  'joan',
  'alan',
]
const FIRST = Date.UTC(2026, 10, 20, 9)
const MINUTE = 60_000

/** A page of the console, and a name for it. */
export type Place = { readonly name: string; readonly path: string }

type Page<T> = { readonly data: readonly T[] }
type WithId = { readonly id: string }

/** A service with a bit of everything to look at: deliveries, skips, failures, a replay, a body set apart, and a renewed secret. */
export async function furnished(house: House): Promise<readonly Place[]> {
  const { mailchimp, api } = house
  for (const name of NAMES.slice(0, 9))
    mailchimp.addContact(AUDIENCE, { email_address: `${name}@mail.test`, status: 'subscribed' })
  const { id, sourceId, receives } = await house.integrates({ name: 'Newsletter France' })
  const said = NAMES.map((name, n) =>
    event({ who: `${name}@mail.test`, at: at(n), purposes: { newsletter: n % 4 !== 2, analytics: n % 3 === 0 } }),
  )
  await receives(...said)
  await receives(event({ who: 'ada@mail.test', at: at(40), purposes: { newsletter: false } }), '{"not": "read')
  await settled(house)
  const refusal = { status: 400, title: 'Forgotten Email Not Subscribed', detail: 'It was permanently deleted.' }
  mailchimp.addFault({ match: { method: 'PATCH' }, fault: refusal })
  await receives(event({ who: 'bob@mail.test', at: at(50), purposes: { newsletter: false } }))
  await settled(house)
  mailchimp.clearFaults()
  const replay = await api<WithId>('POST', '/v1/replays', { all: true })
  await settled(house)
  mailchimp.addFault({ match: { method: 'PATCH' }, fault: refusal })
  const others = ['grace', 'dennis', 'edsger'].map((name, n) =>
    event({ who: `${name}@mail.test`, at: at(60 + n), purposes: { newsletter: false } }),
  )
  await receives(...others)
  await settled(house)
  const [newest] = (await api<Page<WithId>>('GET', '/v1/events?limit=1')).body.data
  const failure = await firstFailure(house)
  await api('POST', `/v1/sources/${sourceId}/renew-secret`, {})
  return [
    { name: 'overview', path: '/' },
    { name: 'activity', path: '/activity' },
    { name: 'event', path: `/events/${newest?.id ?? ''}` },
    { name: 'people', path: '/people' },
    { name: 'failures', path: '/failures' },
    { name: 'failure', path: `/failures/${failure.id}` },
    { name: 'replay', path: `/replays/${replay.body.id}` },
    { name: 'integrations', path: '/integrations' },
    { name: 'integration', path: `/integrations/${id}` },
    { name: 'integration-mapping', path: `/integrations/${id}?tab=mapping` },
    { name: 'integration-settings', path: `/integrations/${id}?tab=settings` },
    { name: 'new-integration', path: '/integrations/new' },
    ...['account', 'accounts', 'sessions', 'tokens', 'sources', 'retention', 'audit'].map(name => ({
      name: `settings-${name}`,
      path: `/settings/${name}`,
    })),
    { name: 'system', path: '/system' },
  ]
}

const at = (minute: number): string => new Date(FIRST + minute * MINUTE).toISOString()

/** Failures are grouped every few seconds. */
async function firstFailure({ api }: House): Promise<WithId> {
  for (;;) {
    const [failure] = (await api<Page<WithId>>('GET', '/v1/failures')).body.data
    if (failure) return failure
  }
}

/** Everything owed has come to an end, if a bad one. */
async function settled({ api }: House): Promise<void> {
  for (;;) {
    const { deliveries } = (await api<{ deliveries: Record<string, number> }>('GET', '/v1/stats')).body
    if ((deliveries['waiting'] ?? 0) + (deliveries['sending'] ?? 0) === 0) return
  }
}
