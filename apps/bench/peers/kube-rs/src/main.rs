//! The benchmark's operator on kube-rs: one ConfigMap and a status for each Widget, or a cache and nothing else.
use std::{env, sync::Arc, time::Duration};

use futures::{
    FutureExt, StreamExt,
    future::{BoxFuture, Shared},
};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, Client, CustomResource, Resource, ResourceExt,
    api::{ObjectMeta, Patch, PatchParams},
    runtime::{
        WatchStreamExt,
        controller::{Action, Config, Controller},
        reflector, watcher,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

#[derive(CustomResource, Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[kube(group = "bench.canaryop.io", version = "v1", kind = "Widget", namespaced, status = "WidgetStatus")]
pub struct WidgetSpec {
    text: String,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize, JsonSchema, PartialEq)]
#[serde(rename_all = "camelCase")]
pub struct WidgetStatus {
    text: Option<String>,
    observed_generation: Option<i64>,
}

struct Context {
    client: Client,
    children: reflector::Store<ConfigMap>,
    /// Resolves when `children` is full. One waiter for all: of several, `Store::wait_until_ready` wakes only one.
    filled: Shared<BoxFuture<'static, ()>>,
}

async fn reconcile(widget: Arc<Widget>, context: Arc<Context>) -> Result<Action, kube::Error> {
    // Else what is only not read yet would be taken for missing.
    context.filled.clone().await;
    let namespace = widget.namespace().unwrap_or_default();
    let name = widget.name_any();
    let reference = reflector::ObjectRef::<ConfigMap>::new(&name).within(&namespace);
    let text = widget.spec.text.clone();
    let is_right = context
        .children
        .get(&reference)
        .is_some_and(|child| child.data.as_ref().and_then(|data| data.get("text")) == Some(&text));
    if !is_right {
        let child = ConfigMap {
            metadata: ObjectMeta {
                name: Some(name.clone()),
                namespace: Some(namespace.clone()),
                owner_references: widget.controller_owner_ref(&()).map(|owner| vec![owner]),
                ..ObjectMeta::default()
            },
            data: Some([("text".to_string(), text.clone())].into()),
            ..ConfigMap::default()
        };
        Api::<ConfigMap>::namespaced(context.client.clone(), &namespace)
            .patch(&name, &PatchParams::apply("bench").force(), &Patch::Apply(&child))
            .await?;
    }
    let wanted = WidgetStatus { text: Some(text), observed_generation: widget.meta().generation };
    if widget.status.as_ref() != Some(&wanted) {
        Api::<Widget>::namespaced(context.client.clone(), &namespace)
            .patch_status(&name, &PatchParams::default(), &Patch::Merge(json!({ "status": wanted })))
            .await?;
    }
    Ok(Action::await_change())
}

fn retry(_widget: Arc<Widget>, _error: &kube::Error, _context: Arc<Context>) -> Action {
    Action::requeue(Duration::from_millis(100))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = env::args().skip(1);
    let mode = arguments.next().unwrap_or_else(|| "reconcile".into());
    let workers: u16 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(8);
    let client = Client::try_default().await?;
    let (children, writer) = reflector::store();
    // One watch fills the store and triggers; `owns` would open a second one.
    let stream = watcher(Api::<ConfigMap>::all(client.clone()), watcher::Config::default())
        .default_backoff()
        // As kube's documentation advises who does not read them.
        .modify(|child| child.managed_fields_mut().clear())
        .reflect(writer);
    if mode == "cache" {
        tokio::spawn(stream.for_each(|_| std::future::ready(())));
        children.wait_until_ready().await?;
        println!("synced");
        return std::future::pending().await;
    }
    let store = children.clone();
    let filled = async move { store.wait_until_ready().await.expect("the controller fills it") }.boxed().shared();
    let context = Arc::new(Context { client: client.clone(), children, filled });
    Controller::new(Api::<Widget>::all(client), watcher::Config::default())
        .owns_stream(stream.touched_objects())
        .with_config(Config::default().concurrency(workers))
        .run(reconcile, retry, context)
        .for_each(|_| std::future::ready(()))
        .await;
    Ok(())
}
