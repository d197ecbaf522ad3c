import { describe, expect, it } from 'vitest';
import { createSerialQueue } from './serial-queue.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setTimeout(resolve, 1));

describe('createSerialQueue', () => {
  it('overlaps nothing and keeps the order', async () => {
    const enqueue = createSerialQueue();
    const events: string[] = [];
    await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        enqueue(async () => {
          events.push(`${name} begins`);
          await turn();
          events.push(`${name} ends`);
        }),
      ),
    );
    expect(events).toEqual(['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`]));
  });

  it('goes on after a failure, which only its own caller sees', async () => {
    const enqueue = createSerialQueue();
    const failing = enqueue(() => Promise.reject(new RangeError('no')));
    const following = enqueue(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    await expect(following).resolves.toBe('yes');
  });

  it('does not start a task that was aborted while it waited', async () => {
    const enqueue = createSerialQueue();
    const controller = new AbortController();
    let started = false;
    const first = enqueue(turn);
    const second = enqueue(
      () => {
        started = true;
        return turn();
      },
      { signal: controller.signal },
    );
    controller.abort();
    await expect(second).rejects.toMatchObject({ code: 'ABORTED' });
    await first;
    expect(started).toBe(false);
  });
});
