import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with a project, a cache, and programs that stand in for Python, pip and the compiler. */
export interface FakeMachine {
  readonly project: string;
  readonly cache: string;
  readonly tfjsNode: string;
  readonly env: Readonly<Record<string, string>>;
  /** What the programs were asked to do, one line a call: `download …`, `unpack`, `compile`. */
  readonly calls: () => Promise<readonly string[]>;
  /** Puts a program on the PATH. */
  readonly program: (name: string, script: string) => Promise<void>;
  readonly remove: (name: string) => Promise<void>;
  readonly discard: () => Promise<void>;
}

/** Trains only with good libraries and a good addon behind its links, as the real one does. */
const TFJS_NODE = `
const fs = require('node:fs');
const path = require('node:path');
for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2']) {
  const text = fs.readFileSync(path.join(__dirname, 'deps/lib', name), 'utf8');
  if (text !== 'good') throw new Error(name + ': file too short');
}
const addon = fs.readFileSync(path.join(__dirname, 'lib/napi-v8/tfjs_binding.node'), 'utf8');
if (addon !== 'addon') throw new Error('tfjs_binding.node: invalid ELF header');
const model = { compile() {}, trainOnBatch: async () => 0.5 };
module.exports = {
  layers: { dense: () => ({}) },
  sequential: () => model,
  tensor2d: () => ({}),
  backend: () => ({ binding: { TF_Version: '2.15.1' }, isUsingGpuDevice: false }),
};
`;

const PYTHON = `#!/bin/sh
case "$*" in
  *version_info*) echo 3 11 ;;
  *'pip --version'*) echo pip 23.2 ;;
  *'pip download'*)
    echo "download $*" >> "$FAKE_LOG"
    for arg in "$@"; do case "$arg" in --dest=*) echo wheel > "\${arg#--dest=}/one.whl" ;; esac; done ;;
  *zipfile*)
    echo unpack >> "$FAKE_LOG"
    mkdir -p "$4/tensorflow/include/tensorflow/c"
    printf good > "$4/tensorflow/libtensorflow_cc.so.2"
    printf good > "$4/tensorflow/libtensorflow_framework.so.2"
    printf '' > "$4/tensorflow/include/tensorflow/c/c_api.h"
    echo 3 ;;
esac
`;

const COMPILER = `#!/bin/sh
[ "$1" = --version ] && exit 0
echo compile >> "$FAKE_LOG"
while [ $# -gt 0 ]; do [ "$1" = -o ] && printf addon > "$2"; shift; done
`;

export async function createFakeMachine(): Promise<FakeMachine> {
  const root = await mkdtemp(join(tmpdir(), 'isometry-machine-'));
  const programs = join(root, 'bin');
  const project = join(root, 'project');
  const tfjsNode = join(project, 'node_modules/@tensorflow/tfjs-node');
  const log = join(root, 'calls.log');
  await mkdir(programs);
  await mkdir(tfjsNode, { recursive: true });
  await writeFile(join(project, 'package.json'), '{"name":"project"}');
  await writeFile(
    join(tfjsNode, 'package.json'),
    JSON.stringify({
      name: '@tensorflow/tfjs-node',
      version: '4.22.0',
      binary: { napi_versions: [3, 8] },
    }),
  );
  await writeFile(join(tfjsNode, 'index.js'), TFJS_NODE);
  const program = async (name: string, script: string): Promise<void> => {
    await writeFile(join(programs, name), script);
    await chmod(join(programs, name), 0o755);
  };
  await program('python3', PYTHON);
  await program('g++', COMPILER);
  // The shell's own tools, and no real Python or compiler.
  for (const tool of ['sh', 'mkdir']) await program(tool, `#!/bin/sh\nexec /bin/${tool} "$@"\n`);
  return {
    project,
    cache: join(root, 'cache'),
    tfjsNode,
    env: { PATH: programs, ISOMETRY_CACHE: join(root, 'cache'), FAKE_LOG: log },
    calls: async () =>
      (await readFile(log, 'utf8').catch(() => '')).split('\n').filter((line) => line !== ''),
    program,
    remove: (name) => rm(join(programs, name)),
    discard: () => rm(root, { recursive: true, force: true }),
  };
}
