import { type Client } from '../../mailchimp/client.ts'

/**
 * The same client, which lets nothing leave while another process may deliver. A process that was paused between its
 * commit and this point would otherwise write what the next owner has long overtaken.
 */
export const whileOwned = (client: Client, isOwner: () => boolean): Client => ({
  ...client,
  send: request => (isOwner() ? client.send(request) : Promise.resolve(NOT_OURS)),
})

const NOT_OURS = {
  kind: 'failure',
  cause: 'connection_failed',
  detail: 'this instance does not hold the lease on deliveries any more',
  maybeSeen: false,
} as const
