import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    chromium: string
  }
}

const REMEDY = 'install Chromium (as root: apt-get install chromium) or set CONSENT_RELAY_TEST_CHROMIUM to its program'
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']

/** Finds a real browser for the journeys, or installs Debian's. */
export default function setup(project: TestProject): void {
  project.provide('chromium', chromiumHere())
}

/** The program of a browser, which is installed if there is none. */
export const chromiumHere = (): string => find() ?? install()

function find(): string | undefined {
  const chosen = process.env['CONSENT_RELAY_TEST_CHROMIUM']
  if (chosen !== undefined) return isProgram(chosen) ? chosen : fail(`${chosen} is no program`)
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin']
  return folders.flatMap(folder => NAMES.map(name => join(folder, name))).find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function install(): string {
  if (process.getuid?.() !== 0) return fail('none found, and only root may install one')
  process.stderr.write('Installing Chromium …\n')
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  try {
    for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium']])
      execFileSync('apt-get', ['-qq', ...args], { stdio: 'ignore', env: environment })
  } catch {
    return fail('none found, and apt-get could not install it')
  }
  return find() ?? fail('none found after it was installed')
}

function fail(reason: string): never {
  throw new Error(`The tests need a browser (${reason}): ${REMEDY}`)
}
