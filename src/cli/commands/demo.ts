import { leaf } from '../command.ts'
import { EXIT } from '../exit.ts'

type Demo = { runDemo(argv: readonly string[]): Promise<number> }

const isDemo = (module: unknown): module is Demo => typeof module === 'object' && module !== null && 'runDemo' in module

/** `demo`: the main job from end to end. Like the simulator, it shares no code with the service, only this door. */
export const command = leaf({
  examples: [
    ['consent-relay demo', 'play it, print what became of everybody, and keep the console open'],
    ['consent-relay demo --once', 'stop after the table, with 0 when all went as expected'],
  ],
  flags: { once: { says: 'stop after the table, with 0 when every debt ended as expected' } },
  run: async ({ args }) => {
    const door = new URL('../../simulator/demo/main.js', import.meta.url).href
    const demo: unknown = await import(door)
    if (!isDemo(demo)) throw new Error(`${door} is no demo`)
    return (await demo.runDemo(args)) === 0 ? EXIT.done : EXIT.failed
  },
})
