import { spawn } from 'node:child_process'
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ROOT } from '../source-files.ts'
import { type Report } from './verdict.ts'

const LEFT_OUT = new Set(['node_modules', '.git', 'dist'])

/** The repository in a temporary folder, where bugs can be planted; it goes with its scope. */
export type Copy = AsyncDisposable & {
  read(path: string): Promise<string>
  write(path: string, text: string): Promise<void>
  /** What the compiler complains of. */
  complaints(): Promise<readonly string[]>
  /** Runs the tests of these files of which a name holds one of these texts. */
  run(files: readonly string[], names: readonly string[]): Promise<Report>
}

export async function createCopy(): Promise<Copy> {
  const root = await mkdtemp(join(tmpdir(), 'teeth-'))
  await cp(ROOT, root, { recursive: true, filter: path => !LEFT_OUT.has(basename(path)) })
  await symlink(await realpath(join(ROOT, 'node_modules')), join(root, 'node_modules'))
  const report = join(root, 'report.json')
  const bin = (path: string): string => join(root, 'node_modules', path)
  return {
    read: path => readFile(join(root, path), 'utf8'),
    write: (path, text) => writeFile(join(root, path), text),
    async complaints() {
      const said = await output(root, [bin('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.service.json'])
      return said.split('\n').filter(line => line.includes('error TS'))
    },
    async run(files, names) {
      await rm(report, { force: true })
      const named = ['-t', names.map(escaped).join('|')]
      const said = await output(root, [
        bin('vitest/vitest.mjs'),
        'run',
        ...files,
        ...named,
        '--reporter=json',
        `--outputFile=${report}`,
      ])
      const text = await readFile(report, 'utf8').catch(() => {
        throw new Error(`vitest gave no report of ${files.join(', ')}:\n${said}`)
      })
      return JSON.parse(text) as Report
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** What a program of Node's says, however it ends. */
async function output(cwd: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, env: withoutVitest(), stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => said.push(text))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve(said.join('')))
  })
}

/** Vitest takes a process with these for one of its own. */
const withoutVitest = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VITEST|TEST$|DEV$|PROD$|MODE$)/.test(name)))
