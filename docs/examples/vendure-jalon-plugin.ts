// Connects Vendure to Jalon: tells it which order changed, lets no edit of Jalon's take units that are in a parcel, and
// says what an edit would cost without touching the order. See docs/vendure.md.
//
// Copy this file into your Vendure project and add it to the plugins of vendure-config.ts:
//   JalonPlugin.init({ url: 'https://orders.shop.example/hooks/platforms/vendure', secret: process.env.JALON_HOOK_SECRET })
// The secret is the same text as JALON_PLATFORM_VENDURE_HOOK_SECRET of the portal.
import { createHmac, randomUUID } from 'node:crypto'
import { OnApplicationBootstrap } from '@nestjs/common'
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql'
import {
  Allow, ConfigService, Ctx, EventBus, FulfillmentEvent, FulfillmentLine, HistoryEntryEvent, ID, JobQueue, JobQueueService, Order, OrderEvent,
  OrderLine, OrderLineEvent, OrderService, Permission, PluginCommonModule, RequestContext, Transaction,
  TransactionalConnection, UserInputError, VendurePlugin,
} from '@vendure/core'
import gql from 'graphql-tag'
import { In } from 'typeorm'

const VERSION = '1'
// What an edit that comes too late is refused with. Jalon knows this word.
const REFUSED = 'JALON_UNITS_IN_A_PARCEL'

export interface JalonOptions {
  url?: string // where deliveries go; without it none are sent
  secret?: string
  guard?: boolean // true unless said otherwise
}

type Delivery = { id: string; type: string; orderId: string }

@Resolver()
class JalonResolver {
  constructor(private connection: TransactionalConnection, private orders: OrderService) {}

  @Query()
  @Allow(Permission.ReadOrder)
  jalon() {
    const { url, secret, guard } = JalonPlugin.options
    return { version: VERSION, url: url ?? null, signed: Boolean(secret), guard: guard !== false }
  }

  // Modifies the order and takes everything back, the state included: nothing of it is ever seen by anybody.
  @Mutation()
  @Allow(Permission.UpdateOrder)
  @Transaction('manual')
  async jalonPreview(@Ctx() ctx: RequestContext, @Args() { input }: any) {
    await this.connection.startTransaction(ctx)
    try {
      const turned = await this.orders.transitionToState(ctx, input.orderId, 'Modifying')
      if ('errorCode' in turned) return { error: plain(turned) }
      const tried = await this.orders.modifyOrder(ctx, { ...input, dryRun: true })
      return 'errorCode' in tried ? { error: plain(tried) } : { order: tried }
    } finally {
      await this.connection.rollBackTransaction(ctx)
    }
  }
}

@VendurePlugin({
  imports: [PluginCommonModule],
  compatibility: '^3.6.0',
  adminApiExtensions: {
    resolvers: [JalonResolver],
    schema: gql`
      type Jalon { version: String! url: String signed: Boolean! guard: Boolean! }
      type JalonPreview { order: Order error: JSON }
      extend type Query { jalon: Jalon! }
      extend type Mutation { jalonPreview(input: ModifyOrderInput!): JalonPreview! }
    `,
  },
})
export class JalonPlugin implements OnApplicationBootstrap {
  static options: JalonOptions = {}
  private queue: JobQueue<Delivery>

  static init(options: JalonOptions) {
    this.options = options
    return JalonPlugin
  }

  constructor(
    private events: EventBus, private jobs: JobQueueService, private config: ConfigService,
    private connection: TransactionalConnection,
  ) {}

  async onApplicationBootstrap() {
    this.queue = await this.jobs.createQueue({ name: 'jalon', process: job => deliver(job.data) })
    // Whatever happens to an order leaves an entry in its history, and is told of once it is committed.
    this.events.ofType(HistoryEntryEvent).subscribe(event => {
      const { type, data, order } = event.entity as any
      const attempt = type === 'ORDER_STATE_TRANSITION' && [data?.from, data?.to].includes('Modifying')
      if (event.historyType === 'order' && !attempt) void this.tell(type, order?.id)
    })
    this.events.ofType(OrderEvent).subscribe(event => {
      if (!event.entity.active) void this.tell(`ORDER_${event.type.toUpperCase()}`, event.entity.id)
    })
    if (JalonPlugin.options.guard !== false) this.guard()
  }

  private async tell(type: string, id?: ID) {
    if (!JalonPlugin.options.url || !id) return
    const ids = this.config.entityOptions.entityIdStrategy ?? this.config.entityIdStrategy
    const orderId = String(ids ? ids.encodeId(id as never) : id)
    await this.queue.add({ id: randomUUID(), type, orderId }, { retries: 10 })
  }

  // Both sides look at the units while they hold the order's row: whoever is second sees what the first has done. What
  // staff do themselves is not judged.
  private guard() {
    this.events.registerBlockingEventHandler({
      id: 'jalon-edit',
      event: OrderLineEvent,
      handler: async ({ ctx, type, order, orderLine }) => {
        if (type === 'cancelled' && ctx.req?.headers['jalon-guard']) await this.mustFit(ctx, order.id, [orderLine.id])
      },
    })
    this.events.registerBlockingEventHandler({
      id: 'jalon-parcel',
      event: FulfillmentEvent,
      handler: async ({ ctx, input }) => {
        for (const order of input?.orders ?? [])
          await this.mustFit(ctx, order.id, input!.lines.map(line => line.orderLineId))
      },
    })
  }

  private async mustFit(ctx: RequestContext, orderId: ID, lineIds: ID[]) {
    const held = this.connection.getRepository(ctx, Order).createQueryBuilder('order').where({ id: orderId }).select('order.id')
    if (/postgres|mysql|mariadb/.test(this.connection.rawConnection.options.type)) held.setLock('pessimistic_write')
    await held.getOne()
    const parts = await this.connection.getRepository(ctx, FulfillmentLine).createQueryBuilder('part')
      .innerJoin('part.fulfillment', 'parcel', "parcel.state != 'Cancelled'")
      .where('part.orderLineId IN (:...lineIds)', { lineIds }).getMany()
    for (const line of await this.connection.getRepository(ctx, OrderLine).find({ where: { id: In(lineIds) } })) {
      const packed = parts.filter(part => part.orderLineId === line.id).reduce((sum, part) => sum + part.quantity, 0)
      if (packed > line.quantity) throw new UserInputError(REFUSED)
    }
  }
}

// Some errors hold whole orders.
function plain({ __typename, errorCode, message, transitionError, fromState }: any) {
  return { __typename, errorCode, message, transitionError, fromState }
}

async function deliver(delivery: Delivery) {
  const { url, secret } = JalonPlugin.options
  if (!url || !secret) return
  const body = JSON.stringify({ type: delivery.type, orderId: delivery.orderId })
  const sentAt = Math.floor(Date.now() / 1000).toString()
  const signature = createHmac('sha256', secret).update(`${delivery.id}.${sentAt}.${body}`).digest('base64')
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'webhook-id': delivery.id,
      'webhook-timestamp': sentAt,
      'webhook-signature': `v1,${signature}`,
    },
    body,
    signal: AbortSignal.timeout(10_000),
  })
  if (!answer.ok) throw new Error(`Jalon answered ${answer.status}`)
}
