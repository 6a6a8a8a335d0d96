import { type Exposition, type Sample } from './exposition.ts'

/** As much of PromQL as the dashboard and the alert rules need; whatever else is an error. */
type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | Selector
  | { readonly kind: 'call'; readonly name: string; readonly by: readonly string[]; readonly of: readonly Expr[] }
  | { readonly kind: 'binary'; readonly op: string; readonly on: readonly string[]; readonly of: readonly [Expr, Expr] }

type Matcher = { readonly label: string; readonly op: string; readonly value: string }
type Selector = {
  readonly kind: 'selector'
  readonly name: string
  readonly matchers: readonly Matcher[]
  readonly range: string | undefined
}

const AGGREGATIONS = ['sum', 'max', 'min']
const OVER_TIME = ['rate', 'increase', 'changes']
const FUNCTIONS = [...AGGREGATIONS, ...OVER_TIME, 'abs', 'absent', 'histogram_quantile']
const COMPARISONS = ['>', '<', '==', '>=', '<=']
const BINARY = [...COMPARISONS, '/', 'and']
const TOKEN = /\s*(\d+(?:\.\d+)?[smhd]?|"[^"]*"|=~|!~|!=|==|>=|<=|[<>=(){}[\],/]|[a-zA-Z_$][\w$]*)/y

function tokensOf(text: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const token = TOKEN.exec(text)?.[1]
    if (token === undefined) throw new Error(`cannot be read: ${text}`)
    tokens.push(token)
  }
  return tokens
}

/** Reads one expression; throws at what Prometheus would refuse, such as a rate of what has no range. */
export function parsePromql(text: string): Expr {
  const tokens = tokensOf(text)
  let at = 0
  const peek = (): string => tokens[at] ?? ''
  const take = (wanted?: string): string => {
    const token = tokens[at++] ?? ''
    if (token === '' || (wanted !== undefined && token !== wanted))
      throw new Error(`${token || 'the end'} where ${wanted ?? 'more'} is wanted: ${text}`)
    return token
  }
  const list = <T>(end: string, item: () => T): T[] => {
    const items: T[] = []
    while (peek() !== end) {
      items.push(item())
      if (peek() !== end) take(',')
    }
    take(end)
    return items
  }
  const labels = (): string[] => (take('('), list(')', take))

  function whole(): Expr {
    let left = part()
    while (BINARY.includes(peek())) {
      const op = take()
      const on = peek() === 'on' ? (take(), labels()) : []
      left = { kind: 'binary', op, on, of: [left, part()] }
    }
    return left
  }
  function part(): Expr {
    const token = take()
    if (/^\d+(\.\d+)?$/.test(token)) return { kind: 'number', value: Number(token) }
    if (!/^[a-zA-Z_]\w*$/.test(token)) throw new Error(`${token} is no name: ${text}`)
    return peek() === '(' || peek() === 'by' ? call(token) : selector(token)
  }
  function call(name: string): Expr {
    if (!FUNCTIONS.includes(name)) throw new Error(`${name} is not known: ${text}`)
    const by = peek() === 'by' ? (take(), labels()) : []
    take('(')
    const of = list(')', whole)
    const ranged = of.filter(each => each.kind === 'selector' && each.range !== undefined)
    if (ranged.length !== (OVER_TIME.includes(name) ? 1 : 0)) throw new Error(`a range is wrong at ${name}: ${text}`)
    return { kind: 'call', name, by, of }
  }
  function selector(name: string): Selector {
    const matcher = (): Matcher => ({ label: take(), op: take(), value: take().slice(1, -1) })
    const matchers = peek() === '{' ? (take(), list('}', matcher)) : []
    const range = peek() === '[' ? (take(), take()) : undefined
    if (range !== undefined) take(']')
    return { kind: 'selector', name, matchers, range }
  }
  const expr = whole()
  if (at < tokens.length) throw new Error(`${peek()} is too much: ${text}`)
  return expr
}

export const partsOf = (expr: Expr): Expr[] => [expr, ...('of' in expr ? expr.of.flatMap(partsOf) : [])]
export const selectorsIn = (expr: Expr): Selector[] => partsOf(expr).filter(each => each.kind === 'selector')

type Labels = Readonly<Record<string, string>>
type Point = { readonly labels: Labels; readonly value: number }

/** What the expression gives after these scrapes, the oldest first; the steps between them are no measure. */
export function evaluate(expr: Expr, scrapes: readonly Exposition[]): readonly Point[] {
  switch (expr.kind) {
    case 'number':
      return [{ labels: {}, value: expr.value }]
    case 'selector':
      return matching(scrapes.at(-1), expr)
    case 'call':
      return called(expr, scrapes)
    case 'binary':
      return combined(expr, scrapes)
  }
}

const matching = (scrape: Exposition | undefined, { name, matchers }: Selector): readonly Sample[] =>
  (scrape?.samples ?? []).filter(sample => sample.name === name && matchers.every(each => fits(sample.labels, each)))

function fits(labels: Labels, { label, op, value }: Matcher): boolean {
  const own = labels[label] ?? ''
  const is = op === '=' || op === '!=' ? own === value : new RegExp(`^(?:${value})$`).test(own)
  return op.startsWith('!') ? !is : is
}

function called({ name, by, of }: Expr & { kind: 'call' }, scrapes: readonly Exposition[]): readonly Point[] {
  const [first, second] = of
  if (!first) throw new Error(`${name} of nothing`)
  if (name === 'absent') return evaluate(first, scrapes).length === 0 ? [{ labels: {}, value: 1 }] : []
  if (name === 'abs') return evaluate(first, scrapes).map(each => ({ ...each, value: Math.abs(each.value) }))
  if (name === 'histogram_quantile') return quantile(first, second ? evaluate(second, scrapes) : [])
  if (OVER_TIME.includes(name) && first.kind === 'selector') return overTime(name, first, scrapes)
  return grouped(evaluate(first, scrapes), by).map(({ labels, points }) => {
    const values = points.map(({ value }) => value)
    const sum = values.reduce((a, b) => a + b, 0)
    return { labels, value: name === 'sum' ? sum : name === 'max' ? Math.max(...values) : Math.min(...values) }
  })
}

function overTime(name: string, selector: Selector, scrapes: readonly Exposition[]): readonly Point[] {
  return matching(scrapes.at(-1), selector).flatMap(({ labels }) => {
    const values = scrapes.map(each => each.value(selector.name, labels)).filter(value => value !== undefined)
    if (values.length < 2) return []
    const steps = values.slice(1).map((value, index) => value - (values[index] ?? 0))
    const value = name === 'changes' ? steps.filter(step => step !== 0).length : steps.reduce((a, b) => a + b, 0)
    return [{ labels, value }]
  })
}

/** The upper bound of the bucket that holds it; Prometheus would say where in there. */
function quantile(share: Expr, buckets: readonly Point[]): readonly Point[] {
  const bound = ({ labels }: Point): number => (labels['le'] === '+Inf' ? Infinity : Number(labels['le']))
  const sorted = [...buckets].sort((a, b) => bound(a) - bound(b))
  const total = sorted.at(-1)?.value ?? 0
  const found = sorted.find(({ value }) => share.kind === 'number' && value >= share.value * total)
  return found && total > 0 ? [{ labels: {}, value: bound(found) }] : []
}

function combined({ op, on, of: [a, b] }: Expr & { kind: 'binary' }, scrapes: readonly Exposition[]): readonly Point[] {
  const [left, right] = [evaluate(a, scrapes), evaluate(b, scrapes)]
  const partner = (point: Point): Point | undefined =>
    b.kind === 'number' ? right[0] : right.find(each => same(on, point.labels, each.labels))
  return left.flatMap(point => {
    const other = partner(point)
    if (!other) return []
    if (op === 'and') return [point]
    if (op === '/') return [{ ...point, value: point.value / other.value }]
    return compares(op, point.value, other.value) ? [point] : []
  })
}

const same = (on: readonly string[], a: Labels, b: Labels): boolean =>
  (on.length > 0 ? on : Object.keys({ ...a, ...b })).every(label => a[label] === b[label])

const compares = (op: string, a: number, b: number): boolean =>
  ({ '>': a > b, '<': a < b, '==': a === b, '>=': a >= b, '<=': a <= b })[op] ?? false

function grouped(points: readonly Point[], by: readonly string[]) {
  const groups = new Map<string, { labels: Labels; points: Point[] }>()
  for (const point of points) {
    const labels = Object.fromEntries(by.map(label => [label, point.labels[label] ?? '']))
    const key = JSON.stringify(labels)
    const group = groups.get(key) ?? { labels, points: [] }
    groups.set(key, { labels, points: [...group.points, point] })
  }
  return [...groups.values()]
}
