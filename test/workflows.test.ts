import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from './source-files.ts'

type Step = { readonly uses?: string; readonly run?: string }
type Workflow = {
  readonly permissions?: unknown
  readonly jobs: Readonly<Record<string, { readonly 'timeout-minutes'?: number; readonly steps: readonly Step[] }>>
}
type Field = { readonly type: string; readonly id?: string; readonly attributes: Readonly<Record<string, unknown>> }
type Form = { readonly name: string; readonly description: string; readonly body: readonly Field[] }

const filesIn = (folder: string): string[] => readdirSync(join(ROOT, folder)).map(name => `${folder}/${name}`)
const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8')
/** A key that is there twice, or anything else that is no YAML, throws. */
const yamlOf = (file: string): unknown => parse(textOf(file), { strict: true, uniqueKeys: true })

const { scripts } = JSON.parse(textOf('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
const workflows = filesIn('.github/workflows').map(file => [file, yamlOf(file) as Workflow] as const)
const forms = filesIn('.github/ISSUE_TEMPLATE').filter(file => !file.endsWith('/config.yml'))

const stepsOf = ({ jobs }: Workflow): Step[] => Object.values(jobs).flatMap(({ steps }) => steps)

/** The scripts that the steps run and package.json does not have. */
const missingScripts = (steps: readonly Step[]): string[] =>
  steps
    .flatMap(({ run = '' }) => [...run.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start))\b/g)])
    .map(([, named, short]) => named ?? short ?? '')
    .filter(name => !Object.hasOwn(scripts, name))

test('there are workflows for tests, dependencies and releases', () => {
  expect(workflows.map(([file]) => file.replace(/^.*\//, '')).toSorted()).toEqual([
    'ci.yml',
    'dependency-review.yml',
    'release.yml',
  ])
})

test.each(workflows)(
  '%s runs scripts that exist, actions of a named version, with few rights and not for ever',
  (_file, workflow) => {
    const steps = stepsOf(workflow)
    expect(steps.length).toBeGreaterThan(0)
    expect(missingScripts(steps)).toEqual([])
    for (const { uses, run } of steps)
      expect(uses ?? `run ${run}`).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$|^run \S/)
    expect(workflow.permissions).toEqual({ contents: 'read' })
    for (const job of Object.values(workflow.jobs)) expect(job['timeout-minutes']).toBeGreaterThan(0)
  },
)

test('a step that runs a script that does not exist is found out', () => {
  const steps = [{ run: 'npm test' }, { run: 'npm run check' }, { uses: 'a/b@v1' }, { run: 'npm ci\nnpm run chekc' }]
  expect(missingScripts(steps)).toEqual(['chekc'])
})

test.each(forms)('%s is a form that GitHub can show', file => {
  const { name, description, body } = yamlOf(file) as Form
  expect([name, description].map(text => text.length > 0)).toEqual([true, true])
  const inputs = body.filter(({ type }) => type !== 'markdown')
  expect(inputs.length).toBeGreaterThan(0)
  expect(new Set(inputs.map(({ id }) => id)).size).toBe(inputs.length)
  for (const { type, id, attributes } of inputs) {
    expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(type)
    expect(id).toMatch(/^[\w-]+$/)
    expect(attributes['label']).toEqual(expect.any(String))
  }
})

test('the choice of forms leaves out the empty one', () => {
  expect(yamlOf('.github/ISSUE_TEMPLATE/config.yml')).toEqual({ blank_issues_enabled: false })
})
