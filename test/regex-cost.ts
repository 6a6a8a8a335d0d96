import { RegExpParser, type AST } from '@eslint-community/regexpp'

/** Beyond so many places an expression with bounded repeats is looked at as if they were loops. */
const MOST_PLACES = 600

/**
 * Why an expression may take more than linear time; nothing when it cannot.
 *
 * A matcher that goes back takes a step for each way in which the beginning of a text can be matched. So it takes linear
 * time if every text has only so many ways. With a loop over anything in front of the expression, that holds for all
 * the starts that a search tries. (A. Weber and H. Seidl, On the degree of ambiguity of finite automata, 1991: many
 * ways are exponential with two ways around one loop, and polynomial with one way from a loop to another by the word
 * that both can go round by.) What is not looked at only takes ways away: anchors, word boundaries, and lookarounds,
 * which may hold no loop of their own.
 */
export function costOf(source: string, flags = ''): string[] {
  const found = new Set<string>()
  for (const isSearch of flags.includes('y') ? [false] : [false, true]) {
    const automaton = new Automaton(source, { flags, isSearch, asLoops: false })
    for (const each of automaton.unknown) found.add(each)
    if (automaton.isExponential()) found.add('exponential')
    else if (automaton.isPolynomial()) found.add('quadratic')
    // A repeat with an end has many ways as well, if its loop would have: (a|a){30}.
    if (new Automaton(source, { flags, isSearch, asLoops: true }).isExponential()) found.add('exponential')
  }
  return [...found]
}

/** Places by how many ways lead there. */
type Ways = ReadonlyMap<number, number>

/** A part of an expression: the places that it may begin and end at, and the ways to match nothing. */
type Part = { readonly empty: number; readonly first: Ways; readonly last: Ways }

const NOTHING: Part = { empty: 1, first: new Map(), last: new Map() }
const NEVER: Part = { empty: 0, first: new Map(), last: new Map() }

type Looking = { readonly flags: string; readonly isSearch: boolean; readonly asLoops: boolean }

const PREFIX = 0

/** The places of the characters of an expression, and the ways from each to the next (Glushkov), with their number. */
class Automaton {
  readonly unknown: string[] = []
  readonly #sources: string[] = ['[^]']
  readonly #follow: Map<number, number>[] = [new Map<number, number>()]
  readonly #looking: Looking
  readonly #moves: readonly (readonly number[])[][]
  readonly #loops: readonly (readonly number[])[]
  /** The places at which the expression may end, whatever follows. */
  readonly #ends: ReadonlySet<number>

  constructor(source: string, looking: Looking) {
    this.#looking = looking
    const unicode = looking.flags.includes('u') || looking.flags.includes('v')
    const pattern = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, {
      unicode,
      unicodeSets: looking.flags.includes('v'),
    })
    const whole = this.#either(pattern.alternatives)
    this.#ends = isCertain(pattern) ? new Set(whole.last.keys()) : new Set()
    if (looking.isSearch) this.#searchFor(whole, behindIn(pattern))
    this.#moves = this.#movesByLetter()
    this.#loops = this.#loopsIn()
  }

  /** Anything may stand in front; just before the expression only what it asks for there. */
  #searchFor(whole: Part, behind: Behind | undefined): void {
    const passing = new Map([[PREFIX, 1]])
    this.#link(passing, passing)
    if (!behind) return this.#link(passing, whole.first)
    const last = this.#place(behind.source)
    this.#link(passing, last.first)
    this.#link(last.last, whole.first)
  }

  /** Two ways around one loop by the same word. */
  isExponential(): boolean {
    return this.#loops.some(loop => {
      const within = new Set(loop)
      if (loop.some(from => [...(this.#follow[from] ?? [])].some(([to, ways]) => within.has(to) && ways > 1)))
        return true
      const pairs = loop.flatMap(a => loop.map(b => [a, b] as const))
      const next = ([a, b]: readonly [number, number]) =>
        this.#letters().flatMap(letter =>
          this.#go(a, letter, within).flatMap(x => this.#go(b, letter, within).map(y => [x, y] as const)),
        )
      const apart = pairs.filter(([a, b]) => a !== b)
      const reached = new Set(
        reach(
          loop.map(a => [a, a] as const),
          next,
        ).map(String),
      )
      return apart.some(pair => reached.has(String(pair)) && reach([pair], next).some(([a, b]) => a === b))
    })
  }

  /** A way from one loop to another by a word that both can go round by. */
  isPolynomial(): boolean {
    const loops = this.#loops.map(loop => new Set(loop))
    return loops.some(one => loops.some(other => one !== other && this.#isPumped(one, other)))
  }

  #isPumped(one: ReadonlySet<number>, other: ReadonlySet<number>): boolean {
    type Triple = readonly [number, number, number]
    const next = ([a, b, c]: Triple): Triple[] =>
      this.#letters().flatMap(letter =>
        this.#go(a, letter, one).flatMap(x =>
          this.#go(c, letter, other).flatMap(z => this.#go(b, letter).map((y): Triple => [x, y, z])),
        ),
      )
    for (const p of one)
      for (const q of other)
        // A search that comes to where the expression may end has found it, and starts no more.
        if (
          !(p === PREFIX && this.#ends.has(q)) &&
          reach<Triple>([[p, p, q]], next).some(([a, b, c]) => a === p && b === q && c === q)
        )
          return true
    return false
  }

  #either(alternatives: readonly AST.Alternative[]): Part {
    const parts = alternatives.map(({ elements }) =>
      elements.map(element => this.#part(element)).reduce((a, b) => this.#then(a, b), NOTHING),
    )
    return {
      empty: parts.reduce((sum, { empty }) => sum + empty, 0),
      first: sumOf(parts.map(({ first }) => first)),
      last: sumOf(parts.map(({ last }) => last)),
    }
  }

  #part(element: AST.Element): Part {
    switch (element.type) {
      case 'Character':
      case 'CharacterClass':
      case 'CharacterSet':
        return this.#place(element.raw)
      case 'ExpressionCharacterClass':
        return this.#notKnown('a class of classes')
      case 'Group':
      case 'CapturingGroup':
        return this.#either(element.alternatives)
      case 'Quantifier':
        return this.#repeated(element)
      case 'Backreference':
        return this.#again(element)
      case 'Assertion':
        return this.#assertion(element)
    }
  }

  #notKnown(what: string): Part {
    this.unknown.push(what)
    return NEVER
  }

  #place(raw: string): Part {
    const place = this.#sources.push(raw) - 1
    this.#follow.push(new Map())
    return { empty: 0, first: new Map([[place, 1]]), last: new Map([[place, 1]]) }
  }

  #assertion(assertion: AST.Assertion): Part {
    if (assertion.kind === 'lookahead' || assertion.kind === 'lookbehind')
      return isEndless(assertion.alternatives) ? this.#notKnown('a loop in a lookaround') : NOTHING
    // Behind what a search has passed over no text begins.
    const isPassed = assertion.kind === 'start' && this.#looking.isSearch && !this.#looking.flags.includes('m')
    return isPassed ? NEVER : NOTHING
  }

  #again({ resolved }: AST.Backreference): Part {
    const groups = Array.isArray(resolved) ? resolved : [resolved]
    if (groups.some(group => isEndless(group.alternatives))) return this.#notKnown('a loop in a group that is repeated')
    return this.#either(groups.flatMap(group => group.alternatives))
  }

  #repeated({ element, min, max }: AST.Quantifier): Part {
    const before = this.#sources.length
    const once = this.#part(element)
    const size = this.#sources.length - before
    const isLoop = max === Infinity || (max > 1 && (this.#looking.asLoops || size * max > MOST_PLACES))
    const copies = isLoop ? Math.min(min, size * min > MOST_PLACES || this.#looking.asLoops ? 1 : min) : max
    const parts = [once, ...Array.from({ length: Math.max(0, copies - 1) }, () => this.#part(element))].slice(0, copies)
    if (!isLoop)
      return parts.reduceRight<Part>((rest, part, index) => {
        const both = this.#then(part, rest)
        return index < min ? both : { ...both, empty: both.empty + 1 }
      }, NOTHING)
    const loop = parts.length > 1 ? this.#part(element) : once
    this.#link(loop.last, loop.first)
    const endless = parts.length > 1 || min > 0 ? loop : { ...loop, empty: 1 }
    return parts.slice(0, -1).reduceRight((rest, part) => this.#then(part, rest), endless)
  }

  #then(a: Part, b: Part): Part {
    this.#link(a.last, b.first)
    return {
      empty: a.empty * b.empty,
      first: sumOf([a.first, times(b.first, a.empty)]),
      last: sumOf([b.last, times(a.last, b.empty)]),
    }
  }

  #link(from: Ways, to: Ways): void {
    for (const [place, ways] of from) {
      const follow = this.#follow[place]
      for (const [next, more] of to) follow?.set(next, (follow.get(next) ?? 0) + ways * more)
    }
  }

  #letters = (): number[] => [...this.#moves.keys()]

  #go(place: number, letter: number, within?: ReadonlySet<number>): readonly number[] {
    const next = this.#moves[letter]?.[place] ?? []
    return within ? next.filter(each => within.has(each)) : next
  }

  /** By letter and place, where it leads. Letters that all places take alike are one. */
  #movesByLetter(): (readonly number[])[][] {
    const flags = this.#looking.flags.replace(/[^iusv]/g, '')
    const distinct = [...new Set(this.#sources)]
    const takes = distinct.map(source => new RegExp(`^(?:${source})$`, flags))
    const kinds = new Map<string, readonly boolean[]>()
    for (const code of lettersFor(distinct)) {
      const letter = String.fromCodePoint(code)
      const taken = takes.map(each => each.test(letter))
      kinds.set(taken.join(), taken)
    }
    const kindOf = this.#sources.map(source => distinct.indexOf(source))
    return [...kinds.values()].map(taken =>
      this.#follow.map(follow => [...follow.keys()].filter(next => taken[kindOf[next] ?? 0] === true)),
    )
  }

  /** The groups of places from each of which one comes to all of the others, and to itself. */
  #loopsIn(): number[][] {
    const next = (place: number) => this.#letters().flatMap(letter => [...this.#go(place, letter)])
    const reached = this.#follow.map((_, place) => new Set(reach(next(place), next)))
    const loops: number[][] = []
    for (const place of this.#follow.keys())
      if (reached[place]?.has(place) === true && !loops.some(loop => loop.includes(place)))
        loops.push([...reached[place]].filter(other => reached[other]?.has(place) === true))
    return loops
  }
}

/** What is reached from there, and from what is reached, the beginnings among them. */
function reach<T>(from: readonly T[], next: (each: T) => readonly T[]): T[] {
  const seen = new Map(from.map(each => [String(each), each]))
  const queue = [...seen.values()]
  for (const each of queue)
    for (const other of next(each)) {
      if (seen.has(String(other))) continue
      seen.set(String(other), other)
      queue.push(other)
    }
  return queue
}

/** What must stand just before an expression, as a class of one character. */
type Behind = { readonly source: string }

/** An expression that begins with a lookbehind of one character. */
function behindIn({ alternatives }: AST.Pattern): Behind | undefined {
  const [only, ...others] = alternatives
  const first = others.length === 0 ? only?.elements[0] : undefined
  if (first?.type !== 'Assertion' || first.kind !== 'lookbehind') return undefined
  const [behind, ...more] = first.alternatives.flatMap(({ elements }) => elements)
  if (more.length > 0 || first.alternatives.length > 1) return undefined
  if (behind?.type !== 'Character' && behind?.type !== 'CharacterClass' && behind?.type !== 'CharacterSet')
    return undefined
  return { source: first.negate ? `(?!${behind.raw})[^]` : behind.raw }
}

/** It has no condition but at its beginning, so that it matches when its last place is come to. */
const isCertain = ({ alternatives }: AST.Pattern): boolean =>
  alternatives.every(({ elements }) => elements.slice(1).every(element => !isConditional(element)))

const isConditional = (element: AST.Element): boolean => {
  if (element.type === 'Assertion') return true
  if (element.type === 'Quantifier') return isConditional(element.element)
  const isGroup = element.type === 'Group' || element.type === 'CapturingGroup'
  return isGroup && element.alternatives.some(({ elements }) => elements.some(isConditional))
}

const isEndless = (alternatives: readonly AST.Alternative[]): boolean =>
  alternatives.some(({ elements }) =>
    elements.some(element => {
      if (element.type === 'Quantifier') return element.max === Infinity || hasLoop(element.element)
      return hasLoop(element)
    }),
  )

const hasLoop = (element: AST.Element): boolean =>
  (element.type === 'Group' || element.type === 'CapturingGroup' || element.type === 'Assertion') &&
  'alternatives' in element &&
  isEndless(element.alternatives)

function sumOf(all: readonly Ways[]): Ways {
  const sum = new Map<number, number>()
  for (const ways of all) for (const [place, n] of ways) sum.set(place, (sum.get(place) ?? 0) + n)
  return sum
}

const times = (ways: Ways, factor: number): Ways =>
  factor === 0 ? new Map() : new Map([...ways].map(([place, n]) => [place, n * factor]))

const LATIN = Array.from({ length: 0x250 }, (_, code) => code)
const BASIC = Array.from({ length: 0x10000 }, (_, code) => code)
const ELSEWHERE = [0x300, 0x3b1, 0x430, 0x5d0, 0x660, 0x200b, 0x2028, 0x212a, 0x4e00, 0xd800, 0xdfff, 0xfeff, 0xffff]
const BEYOND = [0x10000, 0x1f600, 0xe0001, 0x10ffff]

/** Enough letters that any two classes with one in common have one of these in common. */
function lettersFor(sources: readonly string[]): readonly number[] {
  if (sources.some(source => source.includes('\\p') || source.includes('\\P'))) return [...BASIC, ...BEYOND]
  const named = sources.flatMap(source => [...source].map(character => character.codePointAt(0) ?? 0))
  const escaped = sources.flatMap(source =>
    [...source.matchAll(/\\u\{?([0-9a-fA-F]{4,6})/g)].map(([, hex = '']) => Number.parseInt(hex, 16)),
  )
  const edges = [...named, ...escaped].flatMap(code => [code - 1, code, code + 1])
  return [...new Set([...LATIN, ...ELSEWHERE, ...BEYOND, ...edges])].filter(code => code >= 0 && code <= 0x10ffff)
}
