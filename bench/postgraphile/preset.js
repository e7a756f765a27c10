// PostGraphile as its documentation sets it up: the Amber preset, filters by the community's
// connection-filter plugin and, when `RLS=1`, the "lazy JWT" preset, which verifies the token,
// switches to its role and hands its claims to row-level security.

import { makePgService } from "postgraphile/adaptors/pg";
import { PostGraphileAmberPreset } from "postgraphile/presets/amber";
import { PgLazyJWTPreset } from "postgraphile/presets/lazy-jwt";
import { PostGraphileConnectionFilterPreset } from "postgraphile-plugin-connection-filter";

const enforced = process.env.RLS === "1";

export const preset = {
  extends: [
    PostGraphileAmberPreset,
    PostGraphileConnectionFilterPreset,
    ...(enforced ? [PgLazyJWTPreset] : []),
  ],
  // Its default lets people filter and order by indexed columns alone; the workloads need others.
  disablePlugins: ["PgIndexBehaviorsPlugin"],
  pgServices: [
    makePgService({
      connectionString: process.env.DATABASE_URL,
      schemas: ["public"],
      poolConfig: { max: 10 },
    }),
  ],
  schema: {
    connectionFilterRelations: true,
    ...(enforced ? { pgJwtSecret: process.env.JWT_SECRET } : {}),
  },
  grafserv: { graphqlPath: "/graphql", graphiql: false, watch: false },
  grafast: { explain: false },
};
