"""The benchmark's operator on kopf: one ConfigMap and a status for each Widget, or a cache and nothing else.

Settings are kopf's own. It has no number of workers to compare with: queueing.worker_limit also counts those who wait
five seconds for the next event of an object that is done, so that eight of them would take hours for what is a minute's
work. All objects are handled at once, in one thread. It runs on uvloop, as kopf's documentation advises.

kopf writes what it has handled into an annotation of the object (kopf.zalando.org/last-handled-configuration): a third
write for each Widget, and how it knows after a restart what has changed. That is its way, and left as it is.
"""

import sys
from typing import Any

import kopf
import uvloop
from kubernetes_asyncio import client, config

GROUP, VERSION, PLURAL = 'bench.canaryop.io', 'v1', 'widgets'


@kopf.on.startup()
async def connect(memo: kopf.Memo, **_: Any) -> None:
    await config.load_kube_config()
    # Made once: each has connections of its own, of which it keeps up to a hundred.
    memo.core = client.CoreV1Api(client.ApiClient())


if sys.argv[1] == 'cache':

    @kopf.index('configmaps')
    async def cached(namespace: str | None, name: str, body: kopf.Body, **_: Any) -> Any:
        return {(namespace, name): dict(body)}

    # Handlers are called when all indices are filled.
    @kopf.on.event('namespaces', field='metadata.name', value='cached')
    async def filled(**_: Any) -> None:
        print('synced', flush=True)

else:

    @kopf.index('configmaps')
    async def children(namespace: str | None, name: str, body: kopf.Body, **_: Any) -> Any:
        return {(namespace, name): body.get('data', {}).get('text')}

    # A change of the child by somebody else is not repaired: kopf calls handlers for changes of the object that they
    # are for, and knows no owners. The index watches the ConfigMaps all the same.
    @kopf.on.resume(GROUP, VERSION, PLURAL)
    @kopf.on.create(GROUP, VERSION, PLURAL)
    @kopf.on.update(GROUP, VERSION, PLURAL, field='spec.text')
    async def reconcile(
        spec: kopf.Spec,
        meta: kopf.Meta,
        namespace: str,
        name: str,
        patch: kopf.Patch,
        memo: kopf.Memo,
        children: kopf.Index[tuple[str, str], str],
        **_: Any,
    ) -> None:
        text = spec['text']
        found = list(children.get((namespace, name), []))
        child = {'apiVersion': 'v1', 'kind': 'ConfigMap', 'data': {'text': text}}
        kopf.adopt(child)
        child['metadata']['name'] = name
        if not found:
            await create(memo.core, namespace, child)
        elif found != [text]:
            await memo.core.patch_namespaced_config_map(name, namespace, child)
        patch.status['text'] = text
        patch.status['observedGeneration'] = meta['generation']

    async def create(core: client.CoreV1Api, namespace: str, child: dict[str, Any]) -> None:
        try:
            await core.create_namespaced_config_map(namespace, child)
        except client.ApiException as error:
            # The index has not seen it yet.
            if error.status != 409:
                raise
            await core.patch_namespaced_config_map(child['metadata']['name'], namespace, child)


kopf.configure(quiet=True)
uvloop.run(kopf.operator(standalone=True, clusterwide=True))
