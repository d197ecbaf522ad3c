// Copies the WebAssembly decoders out of their npm packages, in the two forms that engines take:
// a .wasm asset for workerd, which refuses to compile bytes, and a base64 module for all others.
// Run after changing a version: node packages/pixels/scripts/vendor-wasm.mjs
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const { resolve } = createRequire(import.meta.url);

for (const name of ['jpeg-turbo', 'webp']) {
  const file = resolve(`@cwasm/${name}/${name}.wasm`);
  const { version } = JSON.parse(await readFile(join(dirname(file), 'package.json'), 'utf8'));
  const constant = `${name.toUpperCase().replace('-', '_')}_BASE64`;
  const base64 = (await readFile(file)).toString('base64');
  await copyFile(file, join(root, 'wasm', `${name}.wasm`));
  await writeFile(
    join(root, 'src', 'wasm', `${name}.generated.ts`),
    `/** ${name}.wasm of @cwasm/${name} ${version}, by scripts/vendor-wasm.mjs. */\n` +
      `export const ${constant}: string =\n  '${base64}';\n`,
  );
}
