import { type Telemetry } from '../../telemetry.ts'
import { isThrottled } from '../../mailchimp/classify.ts'
import { type Client } from '../../mailchimp/client.ts'

type Watch = { readonly credentialId: string; readonly clock: () => number; readonly telemetry: Telemetry }

/** The same client; every answer is counted, for every kind of request. */
export const watched = (client: Client, { credentialId, clock, telemetry }: Watch): Client => ({
  ...client,
  async send(request) {
    const startedAt = clock()
    const reply = await client.send(request)
    const answer = reply.kind === 'answer' ? reply.status : reply.cause
    const at = clock()
    telemetry.mailchimpAnswered({ credentialId, answer, throttled: isThrottled(reply, at), durationMs: at - startedAt })
    return reply
  },
})
