import { type Command } from 'commander'

type Demo = { runDemo(argv: readonly string[]): Promise<number> }

const isDemo = (module: unknown): module is Demo => typeof module === 'object' && module !== null && 'runDemo' in module

/** `demo`: the main job from end to end. Like the simulator, it shares no code with the service, only this door. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('play the main job from end to end against a simulated Mailchimp')
    .option('--once', 'stop after the table, with 0 when every debt ended as expected')
    .action(async ({ once }: { readonly once?: true }) => {
      const door = new URL('../simulator/demo/main.js', import.meta.url).href
      const demo: unknown = await import(door)
      if (!isDemo(demo)) throw new Error(`${door} is no demo`)
      process.exitCode = await demo.runDemo(once ? ['--once'] : [])
    })
}
