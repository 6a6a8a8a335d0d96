import { type Events } from '../../events.ts'
import { isThrottled } from '../../mailchimp/classify.ts'
import { type Client } from '../../mailchimp/client.ts'

type Watch = { readonly credentialId: string; readonly now: () => number; readonly events: Events }

/** The same client; every answer is told, whatever the request was for. */
export const watched = (client: Client, { credentialId, now, events }: Watch): Client => ({
  ...client,
  async send(request) {
    const startedAt = now()
    const reply = await client.send(request)
    const answer = reply.kind === 'answer' ? reply.status : reply.cause
    const at = now()
    events.mailchimpAnswered({ credentialId, answer, throttled: isThrottled(reply, at), durationMs: at - startedAt })
    return reply
  },
})
