/** How a webhook proves itself: a fixed header, or a token fetched by client credentials as Didomi does. */
export type WebhookAuthentication =
  | Readonly<{ kind: 'none' }>
  | Readonly<{ kind: 'header'; name: string; value: string }>
  | Readonly<{ kind: 'oauth2'; tokenUrl: string; clientId: string; clientSecret: string; scope?: string }>

type Webhook = Readonly<{
  url: string
  authentication: WebhookAuthentication
  /** Sent as JSON; text goes out as it is, to play a broken sender. */
  body: unknown
}>

type DeliveryReport = Readonly<{
  delivered: boolean
  /** The status of each try; 0 when there was no answer. */
  statuses: readonly number[]
}>

type DidomiOptions = Readonly<{
  fetch?: typeof fetch
  /** The pauses between tries. Documented: at least five tries within five minutes, then Didomi moves on. */
  delaysMs?: readonly number[]
  wait?: (ms: number) => Promise<void>
}>

type Didomi = Readonly<{ sendWebhook: (webhook: Webhook) => Promise<DeliveryReport> }>

const DELAYS_MS = [5_000, 15_000, 40_000, 90_000, 140_000]

/** Plays the Didomi that sends events: it repeats what was not taken, and forgets what never was. */
export function createDidomi(options: DidomiOptions = {}): Didomi {
  const { delaysMs = DELAYS_MS, wait = sleep, fetch: send = fetch } = options
  const tokens = new Map<string, string>()

  const authorization = async (authentication: WebhookAuthentication): Promise<Record<string, string>> => {
    if (authentication.kind === 'none') return {}
    if (authentication.kind === 'header') return { [authentication.name]: authentication.value }
    const known = tokens.get(authentication.tokenUrl)
    const token = known ?? (await fetchToken(send, authentication))
    tokens.set(authentication.tokenUrl, token)
    return { authorization: `Bearer ${token}` }
  }

  const attempt = async ({ url, authentication, body }: Webhook): Promise<number> => {
    try {
      const headers = { 'content-type': 'application/json', ...(await authorization(authentication)) }
      const answer = await send(url, {
        method: 'POST',
        headers,
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      await answer.arrayBuffer()
      // A token that is no longer good is fetched anew for the next try.
      if (answer.status === 401 && authentication.kind === 'oauth2') tokens.delete(authentication.tokenUrl)
      return answer.status
    } catch {
      return 0
    }
  }

  return {
    async sendWebhook(webhook) {
      const statuses: number[] = []
      for (const delay of [0, ...delaysMs]) {
        if (delay > 0) await wait(delay)
        const status = await attempt(webhook)
        statuses.push(status)
        if (status >= 200 && status < 300) return { delivered: true, statuses }
      }
      return { delivered: false, statuses }
    },
  }
}

async function fetchToken(send: typeof fetch, given: WebhookAuthentication & { kind: 'oauth2' }): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: given.clientId,
    client_secret: given.clientSecret,
    ...(given.scope === undefined ? {} : { scope: given.scope }),
  })
  const answer = await send(given.tokenUrl, { method: 'POST', body: form })
  const body = (await answer.json()) as { access_token?: unknown }
  if (typeof body.access_token !== 'string') throw new Error(`The token endpoint answered ${answer.status}.`)
  return body.access_token
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}
