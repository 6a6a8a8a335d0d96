import { type Command } from 'commander'

type Demo = { runDemo(argv: readonly string[]): Promise<number> }

/** `demo`: the main job from end to end. Like the simulator, it shares no code with the service, only this door. */
export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('play the main job from end to end against a simulated Mailchimp')
    .option('--once', 'stop after the table, with 0 when every debt ended as expected')
    .action(async ({ once }: { readonly once?: true }) => {
      const door = new URL('../simulator/demo/main.js', import.meta.url).href
      const { runDemo } = (await import(door)) as Demo
      process.exitCode = await runDemo(once ? ['--once'] : [])
    })
}
