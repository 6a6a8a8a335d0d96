import { test } from 'vitest'
import { kindsIn } from './kinds.ts'
import { run } from './run.ts'
import { storyOf } from './generate.ts'

const groups = (process.env['KINDS'] ?? '').split('/').map(text => kindsIn(text).kinds)
const from = Number(process.env['SEED'] ?? 1)
const count = Number(process.env['COUNT'] ?? 1)
test('try', { timeout: 3_600_000 }, async () => {
  for (const kinds of groups)
    for (let seed = from; seed < from + count; seed++) {
      const story = storyOf(seed, kinds)
      const t = Date.now()
      try {
        const { wrongs, ...rest } = await run(story)
        process.stderr.write(
          `${seed} [${story.kinds.join(' ')}] steps ${story.steps.length} ${JSON.stringify(rest)} ${Date.now() - t} ms wrong ${wrongs.length}\n`,
        )
        for (const wrong of wrongs) process.stderr.write(`   ${JSON.stringify(wrong)}\n`)
      } catch (error) {
        process.stderr.write(
          `${seed} [${story.kinds.join(' ')}] THREW ${String(error instanceof Error ? error.stack : error)}\n`,
        )
      }
    }
})
