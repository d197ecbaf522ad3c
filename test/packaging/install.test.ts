import { execFile, type ExecFileException } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testModelPath } from '../parity/model.ts';
import {
  hasOtherNodes,
  NO_OTHER_NODES,
  OTHER_NODES,
  otherNodeFolder,
  withNode,
} from '../smoke/node-versions.ts';
import { serveRegistry, type LocalRegistry } from './local-registry.ts';
import { packWorkspace, ROOT } from './packed-workspace.ts';
import { markedBlock } from './readme-blocks.ts';

/**
 * A stranger's first five minutes: the README's commands, letter by letter, in an empty folder outside
 * the workspace. Only the registry of the packed packages is ours; the rest is npm's usual one.
 */
const folder = mkdtempSync(join(tmpdir(), 'isometry-install-'));
const app = join(folder, 'app');
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const [installCli = '', ...useCli] = markedBlock(readme, 'install-cli').split('\n');
/** What a phone writes: 4:2:0, baseline. */
const PHOTO = 'test/fixtures/images/jpeg-420.jpg';
const currentNode = dirname(process.execPath);
let registry: LocalRegistry;

interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line as a reader would: in a shell, in their folder. */
function type(line: string, nodeFolder: string = currentNode): Promise<Output> {
  const environment: NodeJS.ProcessEnv = {
    ...withNode(nodeFolder),
    // bash hands the odd name on to npm; only our own packages' registry differs from a reader's.
    'npm_config_@isometry:registry': registry.url,
    // What the cache has is not asked for again: the same packages, without a minute of network.
    npm_config_prefer_offline: 'true',
  };
  // `npm test` tells its children that they run inside a package; a reader's shell does not.
  for (const name of Object.keys(environment)) {
    if (
      /^(?:npm_(?:package|lifecycle|command)|npm_config_local_prefix|NODE_OPTIONS|VITEST)/u.test(
        name,
      )
    ) {
      delete environment[name];
    }
  }
  return promisify(execFile)('bash', ['-c', line], { cwd: app, env: environment }).catch(
    (error: ExecFileException & Output) => {
      throw new TypeError(`\`${line}\` failed:\n${error.stdout}\n${error.stderr}`);
    },
  );
}

function installed(): string[] {
  const lock = readFileSync(join(app, 'node_modules/.package-lock.json'), 'utf8');
  const { packages } = JSON.parse(lock) as { packages: Readonly<Record<string, unknown>> };
  return Object.keys(packages).map((path) => path.split('node_modules/').at(-1) ?? '');
}

beforeAll(async () => {
  mkdirSync(app);
  registry = await serveRegistry(await packWorkspace(folder));
});
afterAll(async () => {
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('installed as the README says', () => {
  // 150 MB of ONNX Runtime are unpacked; a cold cache fetches them first.
  it('the runtime brings what it needs and no trainer', { timeout: 300_000 }, async () => {
    await type(markedBlock(readme, 'install-node'));
    const names = installed();
    expect(names.filter((name) => name.startsWith('@isometry/')).sort()).toEqual([
      '@isometry/core',
      '@isometry/onnx',
      '@isometry/pixels',
      '@isometry/runtime-node',
    ]);
    expect(names).toContain('onnxruntime-node');
    expect(names.filter((name) => /tfjs|tensorflow|sharp/u.test(name))).toEqual([]);
    expect(registry.requests).toContain('/@isometry/runtime-node');
  });

  it('the cli brings no trainer either', { timeout: 300_000 }, async () => {
    await type(installCli);
    const names = installed();
    expect(names).toContain('@isometry/cli');
    // Were it not there, npx would ask the registry for a stranger's package of that name.
    expect(existsSync(join(app, 'node_modules/.bin/isometry'))).toBe(true);
    expect(
      names.filter((name) => /tfjs|tensorflow|sharp|@isometry\/(?:train|export)$/u.test(name)),
    ).toEqual([]);
  });

  it('no install script downloaded anything', () => {
    const library = readdirSync(join(app, 'node_modules/onnxruntime-node/bin'), {
      recursive: true,
      encoding: 'utf8',
    });
    expect(library.filter((path) => path.endsWith('.node'))).not.toEqual([]);
    // What its script fetches from elsewhere when it runs.
    expect(library.filter((path) => /cuda|tensorrt/u.test(path))).toEqual([]);
  });
});

const nodes = [
  { version: process.versions.node, isCurrent: true },
  ...OTHER_NODES.map((version) => ({ version, isCurrent: false })),
];

describe.each(nodes)('a JPEG in Node $version', ({ version, isCurrent }) => {
  const answers = new Map<string, string>();
  let nodeFolder = currentNode;

  beforeAll(async () => {
    if (isCurrent || !hasOtherNodes) return;
    nodeFolder = await otherNodeFolder(version as (typeof OTHER_NODES)[number]);
  });
  beforeAll(() => {
    copyFileSync(testModelPath(), join(app, 'model.onnx'));
    copyFileSync(join(ROOT, PHOTO), join(app, 'photo.jpg'));
  });

  it("is classified by the README's program", async (context) => {
    context.skip(!isCurrent && !hasOtherNodes, NO_OTHER_NODES);
    writeFileSync(join(app, 'program.mjs'), markedBlock(readme, 'program-node'));
    const { stdout, stderr } = await type('node --version && node program.mjs', nodeFolder);
    const [ranOn, first = ''] = stdout.split('\n');
    expect(ranOn).toBe(`v${version}`);
    expect(first).toMatch(/^.+ (?:0|1)(?:\.\d+)?$/u);
    expect(stdout).toMatch(/\d+ dimensions, computed by cpu\n$/u);
    expect(stderr).toBe('');
    answers.set('program', first);
  });

  it("is classified by the README's command, and by --json in a form for programs", async (context) => {
    context.skip(!isCurrent && !hasOtherNodes, NO_OTHER_NODES);
    const [command = ''] = useCli;
    const { stdout } = await type(command, nodeFolder);
    const json = await type(`${command} --json`, nodeFolder);
    const answer = JSON.parse(json.stdout) as { label: string; probability: number };
    expect(stdout).toContain(answer.label);
    expect(`${answer.label} ${answer.probability}`).toBe(answers.get('program'));
  });

  it('is evaluated with what the cli brings: figures, fonts and pictures are in the packages', async (context) => {
    context.skip(!isCurrent && !hasOtherNodes, NO_OTHER_NODES);
    mkdirSync(join(app, 'photos/wart'), { recursive: true });
    copyFileSync(join(ROOT, PHOTO), join(app, 'photos/wart/photo.jpg'));
    const out = `report-${version}`;
    const { stdout } = await type(
      `npx isometry evaluate model.onnx photos --out ${out}`,
      nodeFolder,
    );
    expect(stdout).toMatch(/^1 image\n/u);
    const figures = readdirSync(join(app, out, 'figures'));
    expect(figures).toContain('confusion-matrix-dark.png');
    expect(readFileSync(join(app, out, 'index.html'), 'utf8')).toContain('</html>');
  });
});
