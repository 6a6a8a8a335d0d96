import { expect, test } from 'vitest'
import { type ApiRequest, type Client } from '../../mailchimp/client.ts'
import { whileOwned } from './owned-client.ts'

test('I14: nothing leaves while another process may deliver, and Mailchimp cannot have seen it', async () => {
  const left: ApiRequest[] = []
  const client: Client = {
    send: request => {
      left.push(request)
      return Promise.resolve({ kind: 'answer', status: 200, json: {}, retryAfter: undefined, requestId: undefined })
    },
    resize: () => undefined,
    close: () => Promise.resolve(),
  }
  let isOwner = true
  const owned = whileOwned(client, () => isOwner)
  const request: ApiRequest = { method: 'PATCH', path: '/lists/a/members/b', body: {} }
  expect(await owned.send(request)).toMatchObject({ kind: 'answer' })
  // Paused between the commit and this point, for longer than the lease lasts.
  isOwner = false
  expect(await owned.send(request)).toMatchObject({ kind: 'failure', maybeSeen: false })
  expect(left).toEqual([request])
})
