import { Problem } from '../../domain/problem.ts'
import { nextInTurn, turnedAway, type Places, type Waiting } from '../../domain/turn.ts'

/** Waits of about half a minute: strangers beyond that would get their answer after they gave up. */
const PLACES: Places = { known: 100, strangers: 50, fromOnePlace: 20 }

type Seated = Waiting & { readonly begin: () => void; readonly refuse: (problem: Problem) => void }

/** Runs one use at a time, those of who is known first. Who waits where too many do is refused as `overloaded`. */
type HashQueue = <T>(who: Waiting, use: () => Promise<T>) => Promise<T>

export function createHashQueue(): HashQueue {
  let isBusy = false
  let waiting: readonly Seated[] = []

  const leave = (seated: Seated): void => void (waiting = waiting.filter(each => each !== seated))

  function next(): void {
    const seated = nextInTurn(waiting)
    isBusy = seated !== undefined
    if (!seated) return
    leave(seated)
    seated.begin()
  }

  async function turn(who: Waiting): Promise<void> {
    if (!isBusy) {
      isBusy = true
      return
    }
    await new Promise<void>((resolve, reject) => {
      waiting = [...waiting, { ...who, begin: resolve, refuse: reject }]
      const away = turnedAway(waiting, PLACES)
      if (!away) return
      leave(away)
      away.refuse(new Problem('overloaded', 'many people prove their passwords just now'))
    })
  }

  return async (who, use) => {
    await turn(who)
    try {
      return await use()
    } finally {
      next()
    }
  }
}
