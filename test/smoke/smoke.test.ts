import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testModelPath } from '../parity/model.ts';
import { NODE_CPU_BOUNDS } from '../parity/tolerances.ts';
import { hasOtherNodes, NO_OTHER_NODES, OTHER_NODES, otherNodeFolder } from './node-versions.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const photos = join(root, 'test/fixtures/images');
const folder = mkdtempSync(join(tmpdir(), 'isometry-smoke-'));
const images = join(folder, 'images');

/** Two classes that a pixel tells apart, as many images each as the three splits need. */
const CLASSES = {
  gray: ['jpeg-gray.jpg'],
  coloured: ['jpeg-420.jpg', 'jpeg-422.jpg', 'jpeg-444.jpg'],
};
const IMAGES_A_CLASS = 12;

/** What whole-path.mjs prints. */
interface Report {
  readonly version: string;
  readonly answers: Readonly<
    Record<'cpu' | 'wasm', { label: string; probability: number; ranOn: string }>
  >;
  readonly served: {
    readonly status: number;
    readonly label: string;
    readonly probability: number;
  };
  readonly trained: { readonly steps: number; readonly labels: readonly string[] };
}

const reports = new Map<string, Report>();

beforeAll(async () => {
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b'], { cwd: root });
  for (const [label, files] of Object.entries(CLASSES)) {
    mkdirSync(join(images, label), { recursive: true });
    for (let index = 0; index < IMAGES_A_CLASS; index++) {
      const source = files[index % files.length] as string;
      copyFileSync(join(photos, source), join(images, label, `${index}.jpg`));
    }
  }
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the whole path once with that `node`, as a user's process would: nothing of vitest in it. */
async function wholePath(node: string, out: string): Promise<Report> {
  const { stdout, stderr } = await run(
    node,
    [
      join(root, 'test/smoke/whole-path.mjs'),
      testModelPath(),
      join(photos, 'jpeg-420.jpg'),
      images,
      out,
    ],
    { cwd: root },
  );
  expect(stderr, 'libraries never log').toBe('');
  return JSON.parse(stdout) as Report;
}

/** Compiles one package's sources with that `node` into `out`; the packages it needs are built already. */
async function compile(node: string, name: string, out: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const project = join(root, 'packages', name, 'tsconfig.json');
  const alone = ['--composite', 'false', '--incremental', 'false', '--tsBuildInfoFile', 'null'];
  await run(node, [tsc, '-p', project, '--outDir', out, ...alone], { cwd: root });
}

describe.each(OTHER_NODES)('Node %s', (version) => {
  // core needs nothing, and the cli refers to every other package.
  it.for(['core', 'cli'])(
    'builds %s as it is built here',
    { timeout: 120_000 },
    async (name, context) => {
      context.skip(!hasOtherNodes, NO_OTHER_NODES);
      const built = join(folder, `build-${version}-${name}`);
      await compile(join(await otherNodeFolder(version), 'node'), name, built);
      const files = readdirSync(built, { recursive: true, encoding: 'utf8' });
      const programs = files.filter((file) => file.endsWith('.js'));
      expect(programs).toContain('index.js');
      const other = programs.filter((file) => {
        const here = readFileSync(join(root, 'packages', name, 'dist', file), 'utf8');
        return readFileSync(join(built, file), 'utf8') !== here;
      });
      expect(other).toEqual([]);
    },
  );

  it('classifies on both providers, serves, and trains', { timeout: 120_000 }, async (context) => {
    context.skip(!hasOtherNodes, NO_OTHER_NODES);
    const out = join(folder, `run-${version}`);
    const report = await wholePath(join(await otherNodeFolder(version), 'node'), out);
    reports.set(version, report);

    expect(report.version).toBe(version);
    const { cpu, wasm } = report.answers;
    expect([cpu.ranOn, wasm.ranOn]).toEqual(['cpu', 'wasm']);
    expect(wasm.label).toBe(cpu.label);
    expect(Math.abs(wasm.probability - cpu.probability)).toBeLessThanOrEqual(
      NODE_CPU_BOUNDS.probability,
    );
    expect(report.served).toEqual({
      status: 200,
      label: cpu.label,
      probability: cpu.probability,
    });
    expect(report.trained.steps).toBeGreaterThan(0);
    expect(report.trained.labels).toEqual(['coloured', 'gray']);
    expect(existsSync(join(out, 'weights.bin'))).toBe(true);
  });
});

it('every Node gives the same answers, this one too', { timeout: 120_000 }, async (context) => {
  context.skip(!hasOtherNodes, NO_OTHER_NODES);
  const here = await wholePath(process.execPath, join(folder, 'run-here'));
  const answers = [here, ...reports.values()].map((report) => report.answers);
  expect(answers).toHaveLength(1 + OTHER_NODES.length);
  expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
});
