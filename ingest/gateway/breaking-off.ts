// Why a gateway breaks off a call itself: the reason with which it aborts the exchange with the provider.

/** The client has gone, and nothing more is to be heard from the provider. */
export class ClientLeft extends Error {
  override readonly name = "ClientLeft";
}

/** The gateway is ending, and the call has had its time to end. */
export class GatewayEnds extends Error {
  override readonly name = "GatewayEnds";
}
