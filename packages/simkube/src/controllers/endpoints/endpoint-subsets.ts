import type { EndpointSubset } from '../../kinds/core-v1.ts';
import type { Endpoint, EndpointSlice } from '../../kinds/discovery-v1.ts';

type Address = NonNullable<EndpointSubset['addresses']>[number];

/** The slices of a Service in the form of an Endpoints object, which knows no terminating pods: those are left out. */
export function endpointSubsetsOf(slices: readonly EndpointSlice[]): readonly EndpointSubset[] {
  return slices.flatMap((slice) => {
    const present = slice.endpoints.filter((endpoint) => endpoint.conditions?.terminating !== true);
    const addresses = present.filter((endpoint) => endpoint.conditions?.ready === true).map(addressOf);
    const notReadyAddresses = present.filter((endpoint) => endpoint.conditions?.ready !== true).map(addressOf);
    if (present.length === 0) return [];
    return [
      {
        ...(addresses.length === 0 ? {} : { addresses }),
        ...(notReadyAddresses.length === 0 ? {} : { notReadyAddresses }),
        ports: (slice.ports ?? []).map(({ name, port = 0, protocol = 'TCP' }) => ({
          ...(name === undefined || name === '' ? {} : { name }),
          port,
          protocol,
        })),
      },
    ];
  });
}

function addressOf({ addresses, nodeName, targetRef }: Endpoint): Address {
  return {
    ip: addresses[0] ?? '',
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}
