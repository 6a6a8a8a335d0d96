import { expect, test } from 'vitest'
import { createQuestions } from './questions.ts'

/** A question that is answered when the test says so. */
function question() {
  let answer: (value: string) => void = () => undefined
  let isAsked = false
  const promise = new Promise<string>(resolve => (answer = resolve))
  const ask = () => {
    isAsked = true
    return promise
  }
  return { ask, answer, isAsked: () => isAsked }
}

const settled = () => new Promise(resolve => setImmediate(resolve))

test('I13: questions of one key are asked one after the other, those of another beside them', async () => {
  const questions = createQuestions()
  const [first, second, other] = [question(), question(), question()]
  const answers = [questions.ask('key', first.ask), questions.ask('key', second.ask), questions.ask('other', other.ask)]
  await settled()
  expect([first, second, other].map(({ isAsked }) => isAsked())).toEqual([true, false, true])
  first.answer('a')
  await settled()
  expect(second.isAsked()).toBe(true)
  second.answer('b')
  other.answer('c')
  expect(await Promise.all(answers)).toEqual(['a', 'b', 'c'])
})

test('one that fails does not keep the next from being asked', async () => {
  const questions = createQuestions()
  const failed = questions.ask('key', () => Promise.reject(new Error('no')))
  const next = questions.ask('key', () => Promise.resolve('yes'))
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('yes')
})

test('whoever comes while twenty wait is told to come back, and may once one was answered', async () => {
  const questions = createQuestions()
  const first = question()
  const waiting = [questions.ask('key', first.ask)]
  for (let n = 1; n < 20; n++) waiting.push(questions.ask('key', () => Promise.resolve('later')))
  await expect(questions.ask('key', () => Promise.resolve(''))).rejects.toMatchObject({ code: 'overloaded' })
  first.answer('now')
  expect(await Promise.all(waiting)).toHaveLength(20)
  expect(await questions.ask('key', () => Promise.resolve('again'))).toBe('again')
})
