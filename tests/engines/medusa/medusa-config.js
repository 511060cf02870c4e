// The configuration of the Medusa that the tests start: one process on loopback, nothing sent to anybody.
const { defineConfig } = require("@medusajs/framework/utils")

const here = "http://127.0.0.1"

module.exports = defineConfig({
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    databaseDriverOptions: { ssl: false },
    http: {
      storeCors: here,
      adminCors: here,
      authCors: here,
      jwtSecret: "an invented secret of the tests",
      cookieSecret: "another invented secret of the tests",
    },
  },
  admin: { disable: true },
})
