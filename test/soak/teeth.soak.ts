import { expect, inject, test } from 'vitest'
import { NOT_BUILT, type Bug } from '../teeth/bug.ts'
import { BUGS } from '../teeth/bugs.ts'
import { createCopy, type Copy } from '../teeth/copy.ts'
import { planted } from '../teeth/planting.ts'
import { isSound, verdictOf, type Verdict } from '../teeth/verdict.ts'

test('every planted bug compiles, and is caught by the test that it names', async ({ task }) => {
  const { only } = inject('soak')
  const wanted = only?.split(',')
  const bugs = BUGS.filter(
    ({ rule }) => !wanted || wanted.includes(rule) || wanted.includes(rule.replace(/[a-f]$/, '')),
  )
  expect(bugs, `no bug is planted against ${only}`).not.toEqual([])
  await using copy = await createCopy()
  const missed: string[] = []
  const figures = () => ({ bugs: bugs.length, caught: bugs.length - missed.length, missed, not_built: NOT_BUILT })
  await expectCompiles(copy, bugs)
  await expectSound(copy, bugs)
  let left = bugs.length
  for (const bug of bugs) {
    const verdict = await trial(copy, bug)
    if (verdict.kind === 'missed') missed.push(`${bug.rule} (${bug.says}): ${verdict.why}`)
    left -= 1
    tell(`${bug.rule} ${verdict.kind}: ${verdict.kind === 'caught' ? verdict.by : verdict.why} – ${left} left`)
    task.meta.soak = { figures: { ...figures(), caught: bugs.length - left - missed.length } }
  }
  expect(missed).toEqual([])
})

/** Without a bug the tests pass, or their failing with one says nothing. */
async function expectSound(copy: Copy, bugs: readonly Bug[]): Promise<void> {
  const files = [...new Set(bugs.map(({ caughtBy }) => caughtBy.file))]
  tell(`${files.length} files of tests without a bug …`)
  const report = await copy.run(
    files,
    bugs.map(({ caughtBy }) => caughtBy.name),
  )
  const verdict = verdictOf(report)
  expect(isSound(report), verdict.kind === 'caught' ? `${verdict.by} fails without a bug` : verdict.why).toBe(true)
}

/** All at once: what the compiler finds needs no test. */
async function expectCompiles(copy: Copy, bugs: readonly Bug[]): Promise<void> {
  const files = [...new Set(bugs.map(({ file }) => file))]
  const sound = new Map(await Promise.all(files.map(async path => [path, await copy.read(path)] as const)))
  for (const [path, text] of sound) {
    const all = bugs.filter(({ file }) => file === path).reduce((sick, bug) => planted(bug, sick), text)
    await copy.write(path, all)
  }
  tell('the compiler …')
  expect(await copy.complaints()).toEqual([])
  for (const [path, text] of sound) await copy.write(path, text)
}

async function trial(copy: Copy, bug: Bug): Promise<Verdict> {
  const sound = await copy.read(bug.file)
  await copy.write(bug.file, planted(bug, sound))
  try {
    return verdictOf(await copy.run([bug.caughtBy.file], [bug.caughtBy.name]))
  } finally {
    await copy.write(bug.file, sound)
  }
}

const tell = (text: string): void => void process.stderr.write(`${text}\n`)
