export type Sample = {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export type Exposition = {
  /** What each family of metrics is: counter, gauge, histogram or summary. */
  readonly types: ReadonlyMap<string, string>
  readonly samples: readonly Sample[]
  /** The value with exactly these labels; undefined when there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): number | undefined
  /** The sum of all that have at least these labels. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`)
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`)

/** Reads the text format of Prometheus (0.0.4), and throws at whatever is not in it. */
export function parseExposition(text: string): Exposition {
  const types = new Map<string, string>()
  const samples = new Map<string, Sample>()
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue
    const comment = COMMENT.exec(line)
    if (comment?.[1] === 'TYPE') types.set(comment[2] ?? '', comment[3] ?? '')
    if (comment) continue
    const sample = sampleIn(line)
    const key = `${sample.name} ${keyOf(sample.labels)}`
    if (samples.has(key)) throw new Error(`twice: ${line}`)
    if (!types.has(familyOf(sample.name, types))) throw new Error(`without a type: ${line}`)
    samples.set(key, sample)
  }
  const all = [...samples.values()]
  const has = (sample: Sample, labels: Readonly<Record<string, string>>) =>
    Object.entries(labels).every(([name, value]) => sample.labels[name] === value)
  return {
    types,
    samples: all,
    value: (name, labels = {}) => samples.get(`${name} ${keyOf(labels)}`)?.value,
    sum: (name, labels = {}) =>
      all.filter(each => each.name === name && has(each, labels)).reduce((total, { value }) => total + value, 0),
  }
}

const keyOf = (labels: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(labels).sort())

/** The series of a histogram belong to the family without their ending. */
export function familyOf(name: string, types: ReadonlyMap<string, string>): string {
  const stem = name.replace(/_(bucket|sum|count)$/, '')
  return types.get(stem) === 'histogram' || types.get(stem) === 'summary' ? stem : name
}

function sampleIn(line: string): Sample {
  const [, name = '', within = '', number = ''] = SAMPLE.exec(line) ?? []
  const value = number === '+Inf' ? Infinity : number === 'Nan' || number === 'NaN' ? NaN : Number(number)
  if (name === '' || (Number.isNaN(value) && !/^nan$/i.test(number))) throw new Error(`not a sample: ${line}`)
  return { name, labels: labelsIn(within, line), value }
}

function labelsIn(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < text.length) {
    const found = LABEL.exec(text)
    if (!found) throw new Error(`not labels: ${line}`)
    labels[found[1] ?? ''] = found[2] ?? ''
  }
  return labels
}
