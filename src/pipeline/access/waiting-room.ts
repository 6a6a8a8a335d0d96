import { Problem } from '../../domain/problem.ts'
import { isTrusted, mayBeginAt, NO_TRIES, oneLess, oneMore, type Tries } from '../../domain/sign-in.ts'
import { turnedAway, type Places } from '../../domain/turn.ts'
import { type After } from '../../mailchimp/client.ts'

type Comer = {
  readonly email: string
  readonly network: string
  /** What a known device, or a session, is known by. */
  readonly known: string | undefined
}

/** A try that has begun; it counts unless it is taken back. */
type Begun = {
  readonly isTrusted: boolean
  /** The password was right: what failed before does not count against this account here any longer. */
  succeed(): void
  /** The password was never compared. */
  takeBack(): void
}

export type WaitingRoom = {
  /** Resolves when the try may begin; undefined when it had to give its place to others from its own network. */
  enter(comer: Comer): Promise<Begun | undefined>
  /** Who waits is refused, now and from now on. */
  close(): void
}

type Seated = Comer & { readonly isKnown: false; readonly from: string } & {
  readonly begin: (begun: Begun | undefined) => void
  readonly refuse: (problem: Problem) => void
}

const PLACES: Places = { known: 0, strangers: 200, fromOnePlace: 4 }
/** Counters in memory: those that were not used for longest make room. */
const MOST_COUNTERS = 10_000

type RoomDeps = { readonly clock: () => number; readonly after: After }

/** Where strangers wait before their password is looked at, the longer the more tries failed. A restart forgets them. */
export function createWaitingRoom({ clock, after }: RoomDeps): WaitingRoom {
  const counters = createCounters()
  let waiting: readonly Seated[] = []
  let isClosed = false
  let callOff = (): void => undefined

  const leave = (seated: Seated): void => void (waiting = waiting.filter(each => each !== seated))

  const timeOf = (comer: Comer): number => {
    const { account, network } = namesOf(comer)
    return mayBeginAt({ forAccount: counters.read(account), fromNetwork: counters.read(network) }, clock())
  }

  function begin(names: readonly string[], trusted: boolean): Begun {
    names.forEach(name => counters.change(name, tries => oneMore(tries, clock())))
    const takeBack = (): void => names.forEach(name => counters.change(name, oneLess))
    const succeed = (): void => {
      takeBack()
      // Only these: who signs in must not clear the way for guesses at other accounts.
      names.filter(name => !name.startsWith(NETWORK)).forEach(counters.forget)
    }
    return { isTrusted: trusted, succeed, takeBack }
  }

  /** Lets in who may begin, the newest first: a person comes after the guesses that made the wait. */
  function look(): void {
    callOff()
    callOff = () => undefined
    for (const seated of [...waiting].reverse()) {
      if (timeOf(seated) > clock()) continue
      leave(seated)
      const { account, network } = namesOf(seated)
      seated.begin(begin([account, network], false))
    }
    if (waiting.length === 0) return
    const soonest = Math.min(...waiting.map(timeOf))
    callOff = after(soonest - clock(), look)
  }

  function wait(comer: Comer): Promise<Begun | undefined> {
    return new Promise((resolve, reject) => {
      const seated: Seated = { ...comer, isKnown: false, from: comer.network, begin: resolve, refuse: reject }
      waiting = [...waiting, seated]
      const away = turnedAway(waiting, PLACES)
      if (away) {
        leave(away)
        away.begin(undefined)
      }
      look()
    })
  }

  return {
    async enter(comer) {
      if (isClosed) throw stopping()
      const { device } = namesOf(comer)
      if (device !== undefined && isTrusted(counters.read(device), clock())) return begin([device], true)
      return wait(comer)
    },
    close() {
      isClosed = true
      callOff()
      for (const seated of waiting) seated.refuse(stopping())
      waiting = []
    },
  }
}

const stopping = (): Problem => new Problem('stopping', 'the service stops; the password was not looked at')

const NETWORK = 'network '

const namesOf = ({ email, network, known }: Comer) => ({
  account: `account ${network} ${email}`,
  network: NETWORK + network,
  device: known === undefined ? undefined : `device ${known}`,
})

function createCounters() {
  const counters = new Map<string, Tries>()
  return {
    read: (name: string): Tries => counters.get(name) ?? NO_TRIES,
    change(name: string, by: (tries: Tries) => Tries): void {
      const tries = by(counters.get(name) ?? NO_TRIES)
      counters.delete(name)
      counters.set(name, tries)
      const [oldest] = counters.keys()
      if (counters.size > MOST_COUNTERS && oldest !== undefined) counters.delete(oldest)
    },
    forget: (name: string): void => void counters.delete(name),
  }
}
