import { type DigestTask, digestTasks } from './digest-tasks.ts';

/** A Worker that answers tasks with digests. */
export default {
  async fetch(request: Request): Promise<Response> {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test on the other side
    return Response.json(await digestTasks((await request.json()) as DigestTask[]));
  },
};
