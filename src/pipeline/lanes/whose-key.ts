import { nextHold, type Hold } from '../../domain/hold.ts'
import { DAY } from '../../domain/instant.ts'
import { readAccount, type Read } from '../../mailchimp/audience.ts'
import { type Client } from '../../mailchimp/client.ts'
import { type Database } from '../../store/engine/database.ts'
import { noteUser, type Credential } from '../../store/settings/integrations.ts'

type WhoseKeyDeps = {
  readonly db: Database
  readonly client: Client
  readonly clock: () => number
  readonly credential: () => Credential
  readonly reload: () => Promise<void>
}

/** A key may come to belong to another user, though none was seen to. */
const SEEN_FOR = DAY

/** A key whose user Mailchimp does not name gets a user of its own: better that than withdrawals that wait. */
const apart = (credentialId: string): string => `of ${credentialId}`

export type WhoseKey = {
  /**
   * Asks Mailchimp whose key it is, when that is not known or was not asked for a day. Gives a trouble only while it is
   * not known, or when Mailchimp refuses the key.
   */
  identify(): Promise<Read<unknown>>
  /** Whether it is known, for callers that nothing paces: asks ever more rarely. */
  isKnown(): Promise<boolean>
}

/** R24: nothing but this question is sent with a key of an unknown user. */
export function createWhoseKey({ db, client, clock, credential, reload }: WhoseKeyDeps): WhoseKey {
  let again: Hold | undefined
  const isEarly = (): boolean => again !== undefined && clock() < again.probeAt

  async function identify(): Promise<Read<unknown>> {
    const { id, user } = credential()
    const known = { kind: 'read', value: user } as const
    if (user && (clock() < user.seenAt + SEEN_FOR || isEarly())) return known
    const read = await readAccount(client, clock())
    if (read.kind !== 'read') {
      again = nextHold({ cause: read.cause, detail: read.detail }, { before: again, now: clock() })
      return user && read.kind !== 'blocked' ? known : read
    }
    again = undefined
    await noteUser(db, { id, user: { name: read.value.user ?? user?.name ?? apart(id), seenAt: clock() } })
    await reload()
    return read
  }

  return {
    identify,
    async isKnown() {
      if (credential().user) return true
      return !isEarly() && (await identify()).kind === 'read'
    },
  }
}
