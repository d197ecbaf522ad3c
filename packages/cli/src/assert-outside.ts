import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { IsometryError } from '@isometry/core';

/**
 * Refuses output inside a folder of images: it would be a class of images, or images of one, the next time. Links are followed.
 * @param out need not exist yet
 * @param optionName without its dashes, e.g. `out`
 * @throws `OPTION_INVALID`
 */
export async function assertOutside(
  out: string,
  images: string,
  optionName: string,
): Promise<void> {
  const [target, folder] = await Promise.all([followLinks(out), followLinks(images)]);
  const way = relative(folder, target);
  // An empty way is the folder itself; an absolute one leads to another drive.
  if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) return;
  throw new IsometryError(
    'OPTION_INVALID',
    `--${optionName} ${out} ${way === '' ? 'is' : 'lies inside'} the folder of images ${images}.`,
    {
      hint: `What is written there would be taken for images. Name a folder beside it with --${optionName}.`,
      details: { option: optionName, out, images },
    },
  );
}

/** The real path of what is there of a path, and the rest of it. */
async function followLinks(path: string): Promise<string> {
  const absolute = resolve(path);
  const parent = dirname(absolute);
  try {
    return await realpath(absolute);
  } catch {
    return parent === absolute ? absolute : join(await followLinks(parent), basename(absolute));
  }
}
