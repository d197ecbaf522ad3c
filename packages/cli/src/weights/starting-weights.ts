export async function startingWeightsFile(o: { weights?: string | undefined }, _env: unknown): Promise<string | undefined> { return o.weights; }
