import { inject, type TestContext } from 'vitest'
import { type Store } from '../crash/trial.ts'

/** What `npm run soak` was asked for. */
type Order = {
  readonly seed: number
  readonly count?: number
  readonly seconds?: number
  readonly store?: Store
  /** Of the random worlds: what may happen in them, by name. */
  readonly kinds?: string
  /** Of the planted bugs: those against these rules, by number. */
  readonly only?: string
}

type Figures = Readonly<Record<string, number>>

/** What became of the planted bugs. */
type Bites = {
  readonly bugs: number
  readonly caught: number
  readonly missed: readonly string[]
  readonly not_built: Readonly<Record<string, string>>
}

declare module 'vitest' {
  interface ProvidedContext {
    soak: Order
  }
  interface TaskMeta {
    soak?: { readonly figures: Figures | Bites; readonly repeat?: string }
  }
}

type Piece = Required<Pick<Order, 'seed' | 'count' | 'store'>> & Pick<Order, 'kinds'>

type Proof = {
  readonly mode: string
  /** What is counted. */
  readonly unit: string
  /** So many in one round, from one seed. */
  readonly most: number
  /** So many when neither a number nor a time is asked for. */
  readonly usual: number
  readonly round: (piece: Piece) => Figures | Promise<Figures>
}

/** Proves it from seed to seed, as often or as long as was asked. A round that fails says how to repeat it alone. */
export async function soak({ task }: TestContext, { mode, unit, most, usual, round }: Proof): Promise<void> {
  const { seed, count, seconds, store = 'sqlite', ...more } = inject('soak')
  const all = count ?? (seconds === undefined ? usual : Infinity)
  const end = seconds === undefined ? Infinity : Date.now() + seconds * 1_000
  let figures: Figures = { rounds: 0, [unit]: 0 }
  for (let n = 0, done = 0; done < all && (n === 0 || Date.now() < end); n++) {
    const piece = { ...more, seed: seed + n, count: Math.min(most, all - done), store }
    const repeat = commandFor(mode, piece)
    task.meta.soak = { figures, repeat }
    figures = sum(figures, { ...(await round(piece)), rounds: 1, [unit]: piece.count })
    task.meta.soak = { figures }
    done += piece.count
    process.stderr.write(`${done} ${unit} are well after ${repeat}\n`)
  }
}

function commandFor(mode: string, { seed, count, store, kinds }: Piece): string {
  const stored = mode === 'hostile' ? [] : ['--store', store]
  const named = kinds === undefined ? [] : ['--kinds', kinds]
  return ['npm run soak --', mode, '--seed', seed, '--count', count, ...stored, ...named].join(' ')
}

const sum = (one: Figures, other: Figures): Figures =>
  Object.fromEntries(Object.keys({ ...one, ...other }).map(name => [name, (one[name] ?? 0) + (other[name] ?? 0)]))
