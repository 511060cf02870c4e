// The Vendure that the tests start: one process on loopback, nothing sent to anybody, and payments that move no money.
const {
  bootstrap, dummyPaymentHandler, DefaultLogger, JobQueueService, LanguageCode, LogLevel, PaymentMethodHandler,
} = require('@vendure/core')

const said = value => [{ languageCode: LanguageCode.en, value }]

// A card that pays back at once. A refund of 13.13 is what its bank refuses.
const card = new PaymentMethodHandler({
  code: 'card',
  description: said('Card'),
  args: {},
  createPayment: (ctx, order, amount) => ({ amount, state: 'Settled', transactionId: `paid-${order.code}` }),
  settlePayment: () => ({ success: true }),
  createRefund: (ctx, input, amount) => ({ state: amount === 1313 ? 'Failed' : 'Settled', transactionId: `back-${amount}` }),
})

const database = process.env.VENDURE_PG_PORT
  ? { type: 'postgres', host: '127.0.0.1', port: Number(process.env.VENDURE_PG_PORT), username: 'jalon', database: process.env.VENDURE_DB }
  : { type: 'better-sqlite3', database: process.env.VENDURE_DB }

const plugins = []
if (process.env.JALON_HOOK_SECRET) {
  const { JalonPlugin } = require('./jalon-plugin.js')
  plugins.push(JalonPlugin.init({ url: process.env.JALON_HOOK_URL, secret: process.env.JALON_HOOK_SECRET }))
}

bootstrap({
  apiOptions: { port: Number(process.env.PORT), hostname: '127.0.0.1', adminApiPath: 'admin-api', shopApiPath: 'shop-api', cors: false },
  authOptions: {
    tokenMethod: ['bearer', 'api-key'],
    superadminCredentials: { identifier: process.env.STAFF_NAME, password: process.env.STAFF_PASSWORD },
  },
  customFields: {
    Order: [{ name: 'deliveryInstructions', type: 'string', nullable: true }],
    OrderLine: [{ name: 'engraving', type: 'string', nullable: true }],
  },
  dbConnectionOptions: { ...database, synchronize: true, logging: false },
  paymentOptions: { paymentMethodHandlers: [card, dummyPaymentHandler] },
  logger: new DefaultLogger({ level: LogLevel.Warn, timestamp: false }),
  plugins,
}).then(app => app.get(JobQueueService).start())
