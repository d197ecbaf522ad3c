import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** What Python's AutoImageProcessor makes of pictures by a folder's preprocessor_config.json. */
export async function optimumPixels(
  python: string,
  folder: string,
  pictures: readonly string[],
): Promise<(path: string) => Float32Array> {
  const { pixels } = await askOptimum<{ pixels: readonly { data: readonly number[] }[] }>(
    python,
    folder,
    { files: [], pictures },
  );
  const byPath = new Map(pictures.map((path, index) => [path, pixels[index]?.data ?? []]));
  return (path) => Float32Array.from(byPath.get(path) ?? []);
}

/** Runs judge_optimum.py and returns what it prints; its docstring says what that is. */
export function askOptimum<Verdict>(
  python: string,
  folder: string,
  { files, pictures }: { readonly files: readonly string[]; readonly pictures: readonly string[] },
): Promise<Verdict> {
  const judge = fileURLToPath(new URL('judge_optimum.py', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = execFile(
      python,
      [judge, folder, ...files],
      { maxBuffer: 2 ** 30 },
      (error, stdout) => (error === null ? resolve(JSON.parse(stdout) as Verdict) : reject(error)),
    );
    child.stdin?.end(pictures.join('\n'));
  });
}
