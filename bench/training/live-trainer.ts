import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** What one step of a process cost. */
export interface StepCost {
  /** User and system time of all its threads. */
  readonly cpuMs: number;
  readonly wallMs: number;
  /** The process' peak so far. */
  readonly peakRssBytes: number;
}

/** A process that is warmed up and waits for its next step. */
export interface LiveTrainer {
  readonly name: string;
  readonly parameters: number;
  step(): Promise<StepCost>;
  stop(): Promise<void>;
}

/** Starts a process that speaks the protocol of tfjs-steps.ts and keras_steps.py, and waits until it is warm. */
export async function startTrainer(command: string, args: readonly string[]): Promise<LiveTrainer> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const exit = once(child, 'exit');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    for (;;) {
      const { value, done } = await lines.next();
      if (done === true) throw new TypeError(`${args.join(' ')} ended:\n${errors.slice(-4000)}`);
      // TensorFlow may print lines of its own.
      if ((value as string).startsWith('{')) return JSON.parse(value as string);
    }
  };
  const { name, parameters } = (await next()) as Pick<LiveTrainer, 'name' | 'parameters'>;
  return {
    name,
    parameters,
    step: async () => {
      child.stdin.write('step\n');
      return (await next()) as StepCost;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
