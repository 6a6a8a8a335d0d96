import { describe, expect, test } from 'vitest'
import { type WebhookAuthentication, createDidomi } from './didomi.ts'

type Sent = Readonly<{ url: string; authorization: string | null; body: string }>

/** A receiver that answers from a script, and a record of what it was sent. */
function receiver(statuses: readonly number[]) {
  const sent: Sent[] = []
  const left = [...statuses]
  const answer: typeof fetch = async (url, init) => {
    const request = new Request(url, init)
    sent.push({ url: request.url, authorization: request.headers.get('authorization'), body: await request.text() })
    if (request.url.endsWith('/oauth/token')) return Response.json({ access_token: `token-${sent.length}` })
    const status = left.shift() ?? 202
    if (status === 0) throw new TypeError('fetch failed')
    return new Response(null, { status })
  }
  return { sent, fetch: answer }
}

const NONE: WebhookAuthentication = { kind: 'none' }
const OAUTH: WebhookAuthentication = {
  kind: 'oauth2',
  tokenUrl: 'http://relay.test/oauth/token',
  clientId: 'didomi',
  clientSecret: 'hush',
}

describe('the played Didomi', () => {
  test.each([
    { answers: [202], delivered: true, tries: 1 },
    { answers: [503, 0, 202], delivered: true, tries: 3 },
    { answers: [500, 500, 500, 500, 500, 500], delivered: false, tries: 6 },
  ])('tries $answers and stops: $delivered', async ({ answers, delivered, tries }) => {
    const { fetch } = receiver(answers)
    const waits: number[] = []
    const didomi = createDidomi({ fetch, wait: ms => Promise.resolve(void waits.push(ms)) })
    const report = await didomi.sendWebhook({
      url: 'http://relay.test/webhooks/didomi/1',
      authentication: NONE,
      body: {},
    })
    expect(report).toEqual({ delivered, statuses: answers })
    expect(waits).toHaveLength(tries - 1)
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(300_000)
  })

  test('fetches a token by client credentials, keeps it, and fetches another when it is refused', async () => {
    const { fetch, sent } = receiver([202, 401, 202])
    const didomi = createDidomi({ fetch, wait: () => Promise.resolve() })
    const webhook = {
      url: 'http://relay.test/webhooks/didomi/1',
      authentication: OAUTH,
      body: { type: 'event.created' },
    }
    await didomi.sendWebhook(webhook)
    await didomi.sendWebhook(webhook)
    expect(sent.map(({ url, authorization }) => `${new URL(url).pathname} ${authorization ?? ''}`.trim())).toEqual([
      '/oauth/token',
      '/webhooks/didomi/1 Bearer token-1',
      '/webhooks/didomi/1 Bearer token-1',
      '/oauth/token',
      '/webhooks/didomi/1 Bearer token-4',
    ])
    expect(sent[0]?.body).toContain('grant_type=client_credentials')
  })

  test('sends a fixed header, and text as it is', async () => {
    const { fetch, sent } = receiver([])
    const authentication = { kind: 'header', name: 'Authorization', value: 'Bearer secret' } as const
    await createDidomi({ fetch }).sendWebhook({ url: 'http://relay.test/', authentication, body: '{broken' })
    expect(sent).toEqual([{ url: 'http://relay.test/', authorization: 'Bearer secret', body: '{broken' }])
  })
})
