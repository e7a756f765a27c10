// A cluster of two processes on one port.

import cluster from "node:cluster";
import { createServer } from "node:http";

const WORKERS = 2;

const major = Number(process.versions.node.split(".")[0]);
if (major < 22) {
  console.error(`PostGraphile 5 needs Node 22 or newer; this is ${process.version}`);
  process.exit(1);
}

if (cluster.isPrimary) {
  for (let started = 0; started < WORKERS; started += 1) cluster.fork();
  cluster.on("exit", () => process.exit(1));
  process.on("SIGTERM", () => process.exit(0));
} else {
  const { postgraphile } = await import("postgraphile");
  const { grafserv } = await import("postgraphile/grafserv/node");
  const { preset } = await import("./preset.js");
  const server = createServer();
  await postgraphile(preset).createServ(grafserv).addTo(server);
  server.listen(Number(process.env.PORT), "127.0.0.1");
}
