import { readFile } from 'node:fs/promises';
import type { ModelSession, Tensor } from '@isometry/core';
import { createSession } from '@isometry/runtime-node';

/** What an image costs, medians of the rounds. */
export interface Speed {
  readonly imagesPerSecond: number;
  /** User and system time of all threads. */
  readonly cpuMs: number;
}

/**
 * Runs every model once a round on the same batch, each round beginning with another: who else is on the machine
 * meets all of them. Two rounds warm up.
 */
export async function measureSpeed(
  paths: readonly string[],
  provider: 'cpu' | 'wasm',
  tensor: Tensor,
  rounds: number,
): Promise<readonly Speed[]> {
  const sessions: ModelSession[] = [];
  for (const path of paths) {
    sessions.push(await createSession(await readFile(path), { providers: [provider] }));
  }
  const images = tensor.dims[0] as number;
  const costs = sessions.map(() => ({ wall: [] as number[], cpu: [] as number[] }));
  for (let round = -2; round < rounds; round += 1) {
    for (let turn = 0; turn < sessions.length; turn += 1) {
      const place = (turn + round + 2) % sessions.length;
      const cpu = process.cpuUsage();
      const start = performance.now();
      await sessions[place]?.run({ pixel_values: tensor }, ['logits']);
      const wall = performance.now() - start;
      const { user, system } = process.cpuUsage(cpu);
      if (round < 0) continue;
      costs[place]?.wall.push(wall / images);
      costs[place]?.cpu.push((user + system) / 1000 / images);
    }
  }
  for (const session of sessions) await session.close();
  return costs.map(({ wall, cpu }) => ({
    imagesPerSecond: 1000 / median(wall),
    cpuMs: median(cpu),
  }));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
