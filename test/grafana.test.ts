import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { EXPLANATIONS } from '../src/domain/reason.ts'
import { createMetrics } from '../src/metrics/metrics.ts'
import { parseExposition } from './exposition.ts'
import { evaluate, parsePromql, partsOf, selectorsIn } from './promql.ts'
import { ROOT } from './source-files.ts'

type Target = { readonly expr: string; readonly legendFormat?: string }
type Panel = {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly datasource?: { readonly uid: string }
  readonly gridPos: { readonly h: number; readonly w: number; readonly x: number; readonly y: number }
  readonly targets?: readonly Target[]
}
type Variable = { readonly name: string; readonly type: string; readonly definition?: string }
type Dashboard = {
  readonly uid: string
  readonly title: string
  readonly panels: readonly Panel[]
  readonly templating: { readonly list: readonly Variable[] }
}
type Alert = { readonly name: string; readonly expr: string; readonly text: string }

const read = (name: string): string => readFileSync(join(ROOT, 'docs/grafana', name), 'utf8')
const dashboard = JSON.parse(read('consent-relay.json')) as Dashboard

const alerts: readonly Alert[] = read('alerts.yml')
  .split(/^ {6}- alert: /m)
  .slice(1)
  .map(text => ({ name: text.split('\n')[0] ?? '', expr: /^ {8}expr: (.+)$/m.exec(text)?.[1] ?? '', text }))

const metrics = createMetrics({ version: '0.1.0' })
const described = new Map(metrics.describe().map(each => [each.name, each]))

/** The metric that a name in an expression is about. */
function metricOf(name: string) {
  const stem = name.replace(/_(bucket|sum|count)$/, '')
  return described.get(stem)?.type === 'histogram'
    ? stem === name
      ? undefined
      : described.get(stem)
    : described.get(name)
}

const panelExprs = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [`panel ${title}`, expr] as const),
)
const alertExprs = alerts.map(({ name, expr }) => [`alert ${name}`, expr] as const)

const BY_PROMETHEUS = ['instance', 'job']
const VALUES: Readonly<Record<string, readonly string[]>> = {
  cause: [...Object.keys(EXPLANATIONS), 'paused', 'disabled'],
  end: ['delivered', 'skipped', 'held', 'dead'],
  priority: ['withdrawal', 'live', 'backfill'],
}

describe('an expression of the dashboard or an alert rule', () => {
  test.each([...panelExprs, ...alertExprs])('%s: %s', (_, text) => {
    const expr = parsePromql(text)
    const selectors = selectorsIn(expr)
    expect(selectors.length).toBeGreaterThan(0)
    for (const { name, matchers } of selectors) {
      const metric = metricOf(name)
      expect(metric, `${name} is not shown by /metrics`).toBeDefined()
      const labels = [...(metric?.labels ?? []), ...(name.endsWith('_bucket') ? ['le'] : []), ...BY_PROMETHEUS]
      for (const { label, value } of matchers) {
        expect(labels, name).toContain(label)
        if (value.startsWith('$')) continue
        const known = VALUES[label]
        if (known) expect(value.split('|').filter(each => !known.includes(each))).toEqual([])
      }
    }
    for (const part of partsOf(expr)) {
      const names = part.kind === 'call' ? part.by : part.kind === 'binary' ? part.on : []
      const inside = selectorsIn(part).flatMap(({ name }) => [
        ...(metricOf(name)?.labels ?? []),
        'le',
        ...BY_PROMETHEUS,
      ])
      expect(names.filter(name => !inside.includes(name))).toEqual([])
    }
  })

  test.each([...panelExprs, ...alertExprs])('%s counts counters by their increase, and nothing else: %s', (_, text) => {
    for (const part of partsOf(parsePromql(text))) {
      const over = part.kind === 'call' && ['rate', 'increase'].includes(part.name)
      for (const { name, range } of part.kind === 'selector' || over ? selectorsIn(part) : []) {
        const isCounter = /_(total|bucket|count|sum)$/.test(name)
        expect(isCounter || !over, name).toBe(true)
        expect(isCounter, name).toBe(range !== undefined && name !== 'process_start_time_seconds')
      }
    }
  })
})

test('every metric of ours is in a panel', () => {
  const used = new Set(
    panelExprs.flatMap(([, text]) => selectorsIn(parsePromql(text)).map(({ name }) => metricOf(name)?.name)),
  )
  const own = [...described.keys()].filter(name => name.startsWith('consent_relay_'))
  expect(own.length).toBeGreaterThan(25)
  expect(own.filter(name => !used.has(name))).toEqual([])
})

describe('the dashboard', () => {
  test('can be imported anywhere: the data source is a variable, and every id is its own', () => {
    expect(dashboard).toMatchObject({ uid: 'consent-relay', title: 'Consent Relay' })
    const queries = dashboard.panels.filter(({ type }) => type !== 'row')
    expect(queries.filter(({ datasource }) => datasource?.uid !== '${datasource}')).toEqual([])
    const ids = dashboard.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(read('consent-relay.json')).not.toMatch(/localhost|127\.0\.0\.1/)
  })

  test('uses only variables that it has', () => {
    const variables = dashboard.templating.list.map(({ name }) => name)
    const used = [...read('consent-relay.json').matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name)
    expect([...new Set(used)].filter(name => !name.startsWith('__') && !variables.includes(name))).toEqual([])
    for (const { definition } of dashboard.templating.list.filter(({ type }) => type === 'query')) {
      const [, name = '', label = ''] = /^label_values\((\w+), (\w+)\)$/.exec(definition ?? '') ?? []
      expect(described.get(name)?.labels, definition).toContain(label)
    }
  })

  test('has its rows in order, and no panel over another', () => {
    const rows = dashboard.panels.filter(({ type }) => type === 'row').map(({ title }) => title)
    expect(rows).toEqual(['Overview', 'Taking in', 'Delivering', 'Mailchimp', 'Withdrawals', 'Process'])
    const cells = dashboard.panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, n) => `${x + (n % w)}/${y + Math.floor(n / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
    expect(dashboard.panels.filter(({ gridPos: { w, x } }) => x + w > 24)).toEqual([])
  })

  test('names only labels that its expressions keep', () => {
    for (const { expr, legendFormat = '' } of dashboard.panels.flatMap(({ targets = [] }) => targets)) {
      const kept = partsOf(parsePromql(expr)).flatMap(part => (part.kind === 'call' ? part.by : []))
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label = '']) => label)
      expect(
        named.filter(label => ![...kept, 'instance'].includes(label)),
        expr,
      ).toEqual([])
    }
  })
})

/** What makes each alert fire, and what must not: series and their values, one for each scrape. */
const CASES: Readonly<Record<string, { readonly fires: string; readonly quiet: string }>> = {
  WithdrawalLate: { fires: 'oldest_waiting_withdrawal_seconds 901', quiet: 'oldest_waiting_withdrawal_seconds 900' },
  WithdrawalVeryLate: {
    fires: 'oldest_waiting_withdrawal_seconds 3601',
    quiet: 'oldest_waiting_withdrawal_seconds 3600',
  },
  WithdrawalIncident: {
    fires: 'oldest_waiting_withdrawal_seconds 86401',
    quiet: 'oldest_waiting_withdrawal_seconds 3601',
  },
  WithdrawalContactGone: { fires: 'gone_withdrawals{integration="i"} 1', quiet: 'gone_withdrawals 0' },
  KeyInvalid: { fires: 'hold{cause="key_invalid"} 1', quiet: 'hold{cause="payment_required"} 1' },
  CredentialHeld: { fires: 'hold{cause="payment_required"} 1', quiet: 'hold{cause="mailchimp_unavailable"} 1' },
  IntegrationHeld: { fires: 'hold{integration="i",cause="audience_missing"} 1', quiet: 'hold{cause="key_invalid"} 1' },
  BreakerOpen: { fires: 'breaker_open{credential="c"} 1', quiet: 'breaker_open{credential="c"} 0' },
  Throttled: { fires: 'mailchimp_throttled_total 5 16', quiet: 'mailchimp_throttled_total 90 100' },
  DeadLetters: { fires: 'backlog{status="dead"} 1', quiet: 'backlog{status="dead"} 0' },
  HeldDebts: { fires: 'held{cause="value_unfit"} 1', quiet: 'held{cause="paused"} 9' },
  DeliveryLate: { fires: 'oldest_waiting_seconds 3601', quiet: 'oldest_waiting_seconds 3600' },
  Quarantined: { fires: 'bodies_quarantined_total 0 1', quiet: 'bodies_quarantined_total 7 7' },
  BodiesLost: { fires: 'bodies_refused_total 0 1', quiet: 'bodies_refused_total 7 7' },
  StatusesChanged: { fires: 'statuses_changed_total 0 1', quiet: 'statuses_changed_total 7 7' },
  WebhookUnauthorized: {
    fires: 'webhook_requests_total{status="401"} 0 6',
    quiet: 'webhook_requests_total{status="202"} 0 6',
  },
  WebhookRefused: {
    fires: 'webhook_requests_total{status="503"} 0 1',
    quiet: 'webhook_requests_total{status="202"} 0 1',
  },
  WebhookSlow: {
    fires: 'webhook_duration_seconds_bucket{le="1"} 0 9; webhook_duration_seconds_bucket{le="+Inf"} 0 10',
    quiet: 'webhook_duration_seconds_bucket{le="1"} 0 10; webhook_duration_seconds_bucket{le="+Inf"} 0 10',
  },
  NothingReceived: {
    fires: 'webhook_requests_total{status="202"} 5 5; webhook_requests_total{status="401"} 5 6',
    quiet: 'webhook_requests_total{status="202"} 5 6',
  },
  NotScraped: { fires: 'ready 1', quiet: 'build_info 1' },
  NotReady: { fires: 'ready 0', quiet: 'ready 1' },
  ClockSetBack: { fires: 'clock_ahead_seconds 30', quiet: 'clock_ahead_seconds 29' },
  ClockDiffers: {
    fires: 'clock_difference_seconds{clock="mailchimp"} -30',
    quiet: 'clock_difference_seconds{clock="mailchimp"} 29',
  },
  StoreDamaged: { fires: 'store_trouble{trouble="damaged"} 1', quiet: 'store_trouble{trouble="cannot_write"} 1' },
  StoreUnreadable: { fires: 'store_readable 0', quiet: 'store_readable 1' },
  Faults: { fires: 'faults_total 0 1', quiet: 'faults_total 4 4' },
  Restarting: {
    fires: 'process_start_time_seconds{instance="a"} 1 2 3 4; build_info{instance="a"} 1 1 1 1',
    quiet: 'process_start_time_seconds{instance="b"} 1 2 3 4; build_info{instance="a"} 1 1 1 1',
  },
}

/** The scrapes that show these series. */
function scrapesOf(text: string) {
  const series = text.split('; ').map(each => each.split(' '))
  return Array.from({ length: Math.max(...series.map(([, ...values]) => values.length)) }, (_, n) => {
    const lines = series.map(([name = '', ...values]) => {
      const full = name.startsWith('process_') ? name : `consent_relay_${name}`
      return `# TYPE ${full.replace(/\{.*/, '')} untyped\n${full} ${values[n] ?? ''}\n`
    })
    return parseExposition(lines.join(''))
  })
}

describe('the alert rules', () => {
  test('are these, and each says how grave it is and what it means', () => {
    expect(alerts.map(({ name }) => name)).toEqual(Object.keys(CASES))
    for (const { text, name } of alerts) {
      expect(text, name).toMatch(/^ {8}labels: \{ severity: (info|warning|critical|incident) \}$/m)
      expect(text, name).toMatch(/^ {10}summary: .{20,}$/m)
    }
  })

  test.each(alerts)('$name fires, and clears', ({ name, expr }) => {
    const { fires = '', quiet = '' } = CASES[name] ?? {}
    expect(evaluate(parsePromql(expr), scrapesOf(fires))).toHaveLength(1)
    expect(evaluate(parsePromql(expr), scrapesOf(quiet))).toEqual([])
  })

  test('are quiet about a service that just started', async () => {
    metrics.watch({
      clock: () => 0,
      backlog: () => Promise.resolve({ integrations: [], batches: [] }),
      lanes: () => [],
      trouble: () => undefined,
      clockAhead: () => 0,
      clockDifferences: () => new Map(),
    })
    const scrape = parseExposition((await metrics.render()).text)
    const atOnce = alerts.filter(({ text }) => !/^ {8}for: /m.test(text))
    const loud = atOnce.filter(({ expr }) => evaluate(parsePromql(expr), [scrape, scrape]).length > 0)
    expect(loud.map(({ name }) => name)).toEqual([])
  })

  test.each(['sum(', 'rate(x)', 'sum(x[5m])', 'x{a="b"', 'x >', 'guess(x)', 'x y', 'x{a=~"b"} ~ 1'])(
    'a broken expression is found: %s',
    text => {
      expect(() => parsePromql(text)).toThrow(Error)
    },
  )
})
