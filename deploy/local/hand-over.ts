// The second half of bootstrap.mjs, in the Node that came with the packages.
const [command = 'start', startedAt, ...args] = process.argv.slice(2);
const { main } = (await import(`./${command}.ts`)) as { main: (args: string[], startedAt: number) => Promise<number> };
process.exit(await main(args, Number(startedAt)));
