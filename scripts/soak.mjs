// `npm run soak -- MODE`: the long form of what `npm test` proves a share of. Tells its progress on standard error, and
// its figures as one line of JSON on standard output.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startVitest } from 'vitest/node'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const STORES = ['sqlite', 'postgres']
const MODES = { worlds: STORES, chaos: STORES, hostile: [], teeth: [], scenarios: [] }
const OPTIONS = '[--seed N] [--count N] [--seconds S] [--store sqlite|postgres] [--kinds NAME,NAME|none]'
const ROUNDS = Object.keys(MODES).filter(mode => mode !== 'teeth' && mode !== 'scenarios')
const USAGE = `npm run soak -- ${ROUNDS.join('|')} ${OPTIONS}
npm run soak -- teeth [--only RULE,RULE]
npm run soak -- scenarios`

const { mode, order } = readArguments(process.argv.slice(2))
const started = Date.now()
const vitest = await startVitest('test', [], configFor(mode, order), {}, { stdout: process.stderr })
await vitest.close()
const proofs = vitest.state.getTestModules().flatMap(module => [...module.children.allTests()])
const failed = proofs.filter(proof => proof.result().state !== 'passed')
const passed = proofs.length > 0 && failed.length === 0 && vitest.state.getUnhandledErrors().length === 0
const { figures = { tests: proofs.length, failed: failed.length }, repeat } = proofs[0]?.meta().soak ?? {}
if (!passed && repeat) console.error(`To repeat it: ${repeat}`)
const took_seconds = Math.round((Date.now() - started) / 1_000)
console.log(JSON.stringify({ mode, ...order, passed, ...figures, took_seconds, ...(passed ? {} : { repeat }) }))
process.exit(passed ? 0 : 1)

function configFor(mode, { store, ...order }) {
  const ofScenarios = {
    include: ['test/scenarios/**/*.test.ts'],
    pool: 'forks',
    isolate: false,
    provide: { whole: true },
  }
  const ofProof = { include: [`test/soak/${mode}.soak.ts`], provide: { soak: store ? { ...order, store } : order } }
  return {
    root,
    config: false,
    watch: false,
    ...(mode === 'scenarios' ? ofScenarios : ofProof),
    reporters: ['default'],
    execArgv: ['--require', join(root, 'scripts/typescript-thread.cjs')],
    globalSetup: store === 'postgres' || mode === 'scenarios' ? ['test/shared-postgres.ts'] : [],
    // It ends when it was asked to; what hangs is seen by whoever waits for it.
    testTimeout: 0,
    hookTimeout: 0,
  }
}

function readArguments(args) {
  const { values, positionals } = parsed(args)
  const [mode = '', ...more] = positionals
  const stores = MODES[mode]
  if (!stores) refuse(mode === '' ? 'it needs a mode' : `there is no mode ${mode}`)
  if (more.length > 0) refuse(`there is nothing to do with ${more.join(' ')}`)
  if (values.store && !stores.includes(values.store)) refuse(`${mode} knows no store ${values.store}`)
  if (values.kinds && mode !== 'worlds') refuse(`${mode} knows no kinds`)
  if (values.only && mode !== 'teeth') refuse(`${mode} has no rules to choose from`)
  const numbers = ['seed', 'count', 'seconds'].filter(name => values[name] !== undefined)
  if (!ROUNDS.includes(mode)) {
    if (numbers.length > 0) refuse(`${mode} takes no --${numbers[0]}`)
    return { mode, order: values.only ? { only: values.only } : {} }
  }
  const order = Object.fromEntries(numbers.map(name => [name, wholeNumber(name, values[name])]))
  const store = values.store ?? stores[0]
  const { kinds } = values
  const named = { ...(store ? { store } : {}), ...(kinds ? { kinds } : {}) }
  return { mode, order: { seed: Date.now() % 1_000_000, ...order, ...named } }
}

function parsed(args) {
  const text = { type: 'string' }
  try {
    return parseArgs({
      args,
      options: { seed: text, count: text, seconds: text, store: text, kinds: text, only: text },
      allowPositionals: true,
    })
  } catch (error) {
    return refuse(error.message)
  }
}

function wholeNumber(name, text) {
  const number = Number(text)
  const least = name === 'seed' ? 0 : 1
  if (!/^\d+$/.test(text) || number < least || number > 2 ** 31) refuse(`--${name} is no number that will do: ${text}`)
  return number
}

function refuse(reason) {
  console.error(`soak: ${reason}.\n${USAGE}`)
  process.exit(2)
}
