// Tells Jalon which order changed, so that its customers see it at once. See docs/medusa.md.
//
// Copy this file to src/subscribers/jalon.ts of your Medusa project and set two variables in Medusa's environment:
//   JALON_HOOK_URL     the address that `jalon connect medusa` shows
//   JALON_HOOK_SECRET  the same text as JALON_PLATFORM_MEDUSA_HOOK_SECRET of the portal
import { createHmac, randomUUID } from "node:crypto"
import type { SubscriberArgs, SubscriberConfig } from "@medusajs/framework"

type Happened = { id: string; order_id?: string }

export default async function tellJalon({ event, container }: SubscriberArgs<Happened>) {
  const url = process.env.JALON_HOOK_URL
  const secret = process.env.JALON_HOOK_SECRET
  if (!url || !secret) return

  const query = container.resolve("query")
  const order_id = await orderOf(event.name, event.data, query)
  const body = JSON.stringify({ name: event.name, id: event.data.id ?? order_id, order_id })
  const delivery = randomUUID()
  const sentAt = Math.floor(Date.now() / 1000).toString()
  const signature = createHmac("sha256", secret).update(`${delivery}.${sentAt}.${body}`).digest("base64")

  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": delivery,
      "webhook-timestamp": sentAt,
      "webhook-signature": `v1,${signature}`,
    },
    body,
    signal: AbortSignal.timeout(10_000),
  })
  if (!answer.ok) throw new Error(`Jalon answered ${answer.status} to ${event.name}`)
}

// Payments and fulfilments are announced by their own ids: the order that they belong to is looked up here.
async function orderOf(name: string, data: Happened, query: any): Promise<string | undefined> {
  if (data.order_id) return data.order_id
  if (name.startsWith("order.")) return data.id
  const [entity, field] = name.startsWith("payment.") ? ["payment", "payment_collection.order.id"] : ["fulfillment", "order.id"]
  const { data: found } = await query.graph({ entity, fields: [field], filters: { id: data.id } })
  return found[0]?.order?.id ?? found[0]?.payment_collection?.order?.id
}

export const config: SubscriberConfig = {
  event: [
    "order.placed", "order.updated", "order.completed", "order.archived", "order.canceled",
    "order.fulfillment_created", "order.fulfillment_canceled", "shipment.created", "delivery.created",
    "payment.captured", "payment.refunded",
    "order-edit.requested", "order-edit.confirmed", "order-edit.canceled",
    "order.return_requested", "order.return_received", "order.claim_created", "order.exchange_created",
    "order.transfer_requested",
  ],
  context: { subscriberId: "jalon" },
}
