import { MOST_CONNECTIONS } from '../../domain/governor.ts'
import { loginsOf, type KeyUse } from '../../domain/login.ts'
import { takeTurns, type Turn } from '../../store/engine/turns.ts'
import { Connections } from './connections.ts'
import { ContactsInFlight } from './contacts-in-flight.ts'
import { type LaneConfig } from './keeper.ts'

/** What the lanes of one login have in common. */
export type Share = {
  /** In which a lane takes what is due, so that two never take requests for one contact. */
  readonly turn: Turn
  /** Those of the Mailchimp user. */
  readonly connections: Connections
}

type LoginsDeps = {
  readonly clock: () => number
  /** By credential, until when each request of the process before this one may still run (R24). */
  readonly ghosts: ReadonlyMap<string, readonly number[]>
}

/** Which lanes share their turns and their connections: those of one login, and those of one Mailchimp user (R24, I4). */
export class Logins {
  readonly contacts = new ContactsInFlight()
  readonly #deps: LoginsDeps
  #turns: ReadonlyMap<string, Turn> = new Map()
  #users: ReadonlyMap<string, Connections> = new Map()
  #userOf: ReadonlyMap<string, string> = new Map()

  constructor(deps: LoginsDeps) {
    this.#deps = deps
  }

  /** By credential. A turn under way ends before the first one of the login that its lane joins, or leaves its work to. */
  share(configs: readonly LaneConfig[]): ReadonlyMap<string, Share> {
    const keys = configs.map(keyUseOf)
    const ids = new Set(keys.map(({ credentialId }) => credentialId))
    const gone = [...this.#turns].filter(([id]) => !ids.has(id)).map(([, turn]) => turn)
    const turns = new Map(loginsOf(keys).flatMap(login => this.#turnOf(login, gone)))
    this.#turns = turns
    this.#connect(keys)
    return new Map(
      keys.map(key => {
        const { turn, connections } = { turn: turns.get(key.credentialId), connections: this.#users.get(userOf(key)) }
        if (!turn || !connections) throw new Error(`the credential ${key.credentialId} is in no login`)
        return [key.credentialId, { turn, connections }]
      }),
    )
  }

  #turnOf(login: readonly KeyUse[], gone: readonly Turn[]): readonly (readonly [string, Turn])[] {
    const ids = login.map(({ credentialId }) => credentialId)
    const before = new Set(ids.flatMap(id => this.#turns.get(id) ?? []))
    const [only] = before
    const isApart = [...this.#turns].every(([id, turn]) => turn !== only || ids.includes(id) || gone.includes(turn))
    const turn = only && before.size === 1 && isApart ? only : turnAfter([...before, ...gone])
    return ids.map(id => [id, turn])
  }

  #connect(keys: readonly KeyUse[]): void {
    const { clock, ghosts } = this.#deps
    const users = new Map<string, Connections>()
    for (const key of keys) {
      const user = userOf(key)
      const connections = users.get(user) ?? this.#users.get(user) ?? new Connections(clock)
      users.set(user, connections)
      const isNew = this.#userOf.get(key.credentialId) !== user
      if (isNew) connections.haunt(ghosts.get(key.credentialId) ?? [])
    }
    this.#users = users
    this.#userOf = new Map(keys.map(key => [key.credentialId, userOf(key)]))
    for (const [user, connections] of users) connections.divide(keys.filter(key => userOf(key) === user).length)
  }
}

/** Several integrations of one key: the most careful of them decides. */
export const connectionsOf = ({ integrations }: LaneConfig): number =>
  Math.min(MOST_CONNECTIONS, ...integrations.map(({ settings }) => settings.options.connections))

const keyUseOf = ({ credential: { id, user }, integrations }: LaneConfig): KeyUse => ({
  credentialId: id,
  user: user?.name,
  audiences: integrations.map(({ settings: { dataCentre, audienceId } }) => `${dataCentre}/${audienceId}`),
})

/** Until Mailchimp has said whose it is, a key has connections of its own; nothing but that question is asked with it. */
const userOf = ({ user, credentialId }: KeyUse): string => (user === undefined ? `key ${credentialId}` : `user ${user}`)

/** Turns that begin once what was asked for in these has ended. */
function turnAfter(before: readonly Turn[]): Turn {
  const turn = takeTurns()
  for (const old of before) void turn(() => old(() => Promise.resolve()))
  return turn
}
