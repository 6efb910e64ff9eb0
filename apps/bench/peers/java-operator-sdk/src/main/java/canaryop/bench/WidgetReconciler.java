package canaryop.bench;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.Workflow;
import io.javaoperatorsdk.operator.api.reconciler.dependent.Dependent;

/** The child is a dependent resource, which is made before this is called. */
@ControllerConfiguration
@Workflow(dependents = @Dependent(type = ChildConfigMap.class))
public class WidgetReconciler implements Reconciler<Widget> {
  @Override
  public UpdateControl<Widget> reconcile(Widget widget, Context<Widget> context) {
    var metadata = widget.getMetadata();
    var status = new Widget.Status(widget.getSpec().text(), metadata.getGeneration());
    if (status.equals(widget.getStatus())) {
      return UpdateControl.noUpdate();
    }
    // The status is applied (server-side), so it is sent alone.
    var applied = new Widget();
    applied.setMetadata(
        new ObjectMetaBuilder().withNamespace(metadata.getNamespace()).withName(metadata.getName()).build());
    applied.setStatus(status);
    return UpdateControl.patchStatus(applied);
  }
}
