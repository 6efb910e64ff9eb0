package canaryop.bench;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.processing.dependent.kubernetes.CRUDKubernetesDependentResource;

public class ChildConfigMap extends CRUDKubernetesDependentResource<ConfigMap, Widget> {
  @Override
  protected ConfigMap desired(Widget widget, Context<Widget> context) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withNamespace(widget.getMetadata().getNamespace())
        .withName(widget.getMetadata().getName())
        .endMetadata()
        .addToData("text", widget.getSpec().text())
        .build();
  }
}
