import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type JsonObject, isObject, parseJson } from '../simulator/json.ts'
import { DEFAULT_KEY, type Simulator, createSimulator } from '../simulator/simulator.ts'

type Answered = Readonly<{ status: number; body: JsonObject; headers: Headers }>

/** A simulator for the tests of one file, before each of them as it starts. */
export function freshSimulator() {
  let running: Simulator
  beforeAll(async () => {
    running = await createSimulator()
  })
  beforeEach(() => running.control.reset())
  afterAll(() => running.close())
  return {
    get url() {
      return running.url
    },
    get control() {
      return running.control
    },
    /** Calls what lies below this path, with the usual key. */
    caller:
      (base: string) =>
      async (method: string, path: string, body?: unknown): Promise<Answered> => {
        const answer = await fetch(`${running.url}${base}${path}`, {
          method,
          headers: { authorization: `Bearer ${DEFAULT_KEY}` },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        const parsed = parseJson(await answer.text())
        return { status: answer.status, body: isObject(parsed) ? parsed : {}, headers: answer.headers }
      },
  }
}
