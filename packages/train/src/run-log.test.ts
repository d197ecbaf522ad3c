import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { openRunLog, type LogRecord } from './run-log.ts';
import { loadTfjs, type Tfjs } from './tfjs.ts';

let tf: Tfjs;
let folder = '';
beforeAll(async () => {
  tf = await loadTfjs();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const recordAt = (step: number): LogRecord => ({
  event: 'step',
  stage: 'test',
  epoch: 1,
  step,
  values: { loss: 1 / step },
});
const lines = async (): Promise<unknown[]> => {
  const text = await readFile(join(folder, 'log.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
};

it('goes on from where a checkpoint was, without what was written after it', async () => {
  const first = await openRunLog(tf, folder, 0);
  first.write(recordAt(1));
  const bytes = await first.flush();
  first.write(recordAt(2));
  await first.flush();
  await first.close();

  const second = await openRunLog(tf, folder, bytes);
  second.write(recordAt(3));
  await second.flush();
  await second.close();
  expect(await lines()).toEqual([recordAt(1), recordAt(3)]);
});

it('writes TensorBoard events with the name of every number', async () => {
  const log = await openRunLog(tf, folder, 0);
  log.write(recordAt(1));
  log.write({ event: 'epoch', stage: 'test', epoch: 1, step: 1, values: { validationLoss: 0.25 } });
  await log.flush();
  await log.close();
  const [file] = await readdir(join(folder, 'tensorboard'));
  expect(file).toMatch(/tfevents/);
  const events = await readFile(join(folder, 'tensorboard', file as string), 'latin1');
  expect(events).toContain('test/loss');
  expect(events).toContain('test/epoch_validationLoss');
});

it("goes on with TensorBoard's curve where the kept lines end", async () => {
  const first = await openRunLog(tf, folder, 0);
  for (const step of [1, 2]) first.write(recordAt(step));
  const bytes = await first.flush();
  await first.close();
  // As a process of its own would: tfjs-node knows one writer a folder, and would hand out the old one.
  const scalar = vi.fn<(name: string, value: number, step: number) => void>();
  const writer = { scalar, flush: () => undefined };
  const fresh = { node: { summaryFileWriter: () => writer } } as unknown as Tfjs;
  const second = await openRunLog(fresh, folder, bytes);
  second.write(recordAt(3));
  await second.close();
  expect(scalar.mock.calls).toEqual([['test/loss', 1 / 3, 3]]);
});

it('gives a TensorBoard file that finds no room a code', async () => {
  const scalar = (): void => {
    throw new TypeError('no space left on device');
  };
  const full = { node: { summaryFileWriter: () => ({ scalar }) } } as unknown as Tfjs;
  const log = await openRunLog(full, folder, 0);
  expect(() => log.write(recordAt(1))).toThrow(
    expect.objectContaining({ code: 'FILE_WRITE_FAILED' }),
  );
  await log.close();
});

it('refuses to go on from more than there is', async () => {
  const log = await openRunLog(tf, folder, 0);
  log.write(recordAt(1));
  await log.flush();
  await log.close();
  await expect(openRunLog(tf, folder, 10_000)).rejects.toMatchObject({ code: 'RUN_INVALID' });
});
