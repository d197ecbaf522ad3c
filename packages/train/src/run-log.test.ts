import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
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

interface Scalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/** Reads an events file to its last byte: records of a length, its checksum, an `Event` and its checksum. */
function readScalars(file: Buffer): Scalar[] {
  const scalars: Scalar[] = [];
  let at = 0;
  while (at < file.length) {
    const end = at + 12 + Number(file.readBigUInt64LE(at));
    const event = readMessage(file.subarray(at + 12, end));
    at = end + 4;
    const [step] = event.get(2) ?? [];
    for (const value of (event.get(5) ?? []).flatMap((summary) => readMessage(summary).get(1))) {
      const own = readMessage(value as Buffer);
      const [[tag], [number]] = [own.get(1), own.get(2)] as [[Buffer], [Buffer]];
      scalars.push({
        tag: tag.toString(),
        step: readVarint(step as Buffer).value,
        value: number.readFloatLE(),
      });
    }
  }
  expect(at).toBe(file.length);
  return scalars;
}

/** The fields of a protobuf message, by number. */
function readMessage(bytes: Buffer): Map<number, Buffer[]> {
  const fields = new Map<number, Buffer[]>();
  for (let at = 0; at < bytes.length;) {
    const key = readVarint(bytes.subarray(at));
    at += key.size;
    const next = readVarint(bytes.subarray(at));
    if (key.value % 8 === 2) at += next.size;
    const size = { 0: next.size, 1: 8, 2: next.value, 5: 4 }[key.value % 8] as number;
    const field = Math.floor(key.value / 8);
    fields.set(field, [...(fields.get(field) ?? []), bytes.subarray(at, at + size)]);
    at += size;
  }
  return fields;
}

function readVarint(bytes: Buffer): { value: number; size: number } {
  const size = bytes.findIndex((byte) => byte < 128) + 1;
  const value = bytes.subarray(0, size).reduceRight((sum, byte) => sum * 128 + (byte % 128), 0);
  return { value, size };
}

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

it('leaves no tensor behind', async () => {
  const before = tf.memory().numTensors;
  for (const run of ['first', 'second']) {
    const log = await openRunLog(tf, await mkdtemp(join(folder, run)), 0);
    log.write(recordAt(1));
    await log.flush();
    await log.close();
    expect(tf.memory().numTensors).toBe(before);
  }
});

it.runIf(process.platform === 'linux')('leaves no file open', async () => {
  const countOpen = async (): Promise<number> => (await readdir('/proc/self/fd')).length;
  // What TensorFlow opens once, and stays open.
  await (await openRunLog(tf, await mkdtemp(join(folder, 'warm')), 0)).close();
  const before = await countOpen();
  for (let run = 0; run < 3; run += 1) {
    const log = await openRunLog(tf, await mkdtemp(join(folder, 'run')), 0);
    log.write(recordAt(1));
    await log.flush();
    expect(await countOpen()).toBe(before + 2);
    await log.close();
  }
  expect(await countOpen()).toBe(before);
});

it('writes the events of a run that replaces another one in the same folder', async () => {
  for (const step of [1, 2]) {
    await rm(join(folder, 'tensorboard'), { recursive: true, force: true });
    const log = await openRunLog(tf, folder, 0);
    for (let count = 0; count < step; count += 1) log.write(recordAt(step));
    await log.flush();
    await log.close();
    const [file, ...others] = await readdir(join(folder, 'tensorboard'));
    expect(others).toEqual([]);
    const scalars = readScalars(await readFile(join(folder, 'tensorboard', file as string)));
    expect(scalars.map(({ value }) => value)).toEqual(new Array(step).fill(1 / step));
  }
});

it('keeps two runs apart that are open at once', async () => {
  const logs = [await openRunLog(tf, folder, 0), await openRunLog(tf, folder, 0)] as const;
  logs[0].write(recordAt(1));
  await logs[0].close();
  logs[1].write(recordAt(2));
  await logs[1].close();
  expect(await readdir(join(folder, 'tensorboard'))).toHaveLength(2);
});

it("goes on with TensorBoard's curve in a file of its own where the kept lines end", async () => {
  const first = await openRunLog(tf, folder, 0);
  for (const step of [1, 2]) first.write(recordAt(step));
  const bytes = await first.flush();
  await first.close();
  const second = await openRunLog(tf, folder, bytes);
  second.write(recordAt(3));
  await second.close();
  const files = await readdir(join(folder, 'tensorboard'));
  expect(files).toHaveLength(2);
  const curves = await Promise.all(
    files.map(async (file) => readScalars(await readFile(join(folder, 'tensorboard', file)))),
  );
  // What a writer cannot finish before the process ends is there after close() too.
  expect(curves.flat().sort((a, b) => a.step - b.step)).toEqual(
    [1, 2, 3].map((step) => ({ tag: 'test/loss', step, value: Math.fround(1 / step) })),
  );
});

it('gives a TensorBoard file that finds no room a code', async () => {
  const backend = Object.create(tf.backend(), {
    writeScalarSummary: {
      value: () => {
        throw new TypeError('no space left on device');
      },
    },
  }) as object;
  const full = Object.create(tf, { backend: { value: () => backend } }) as Tfjs;
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
