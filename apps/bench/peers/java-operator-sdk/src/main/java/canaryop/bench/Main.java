package canaryop.bench;

import io.javaoperatorsdk.operator.Operator;

/** The benchmark's operator on the Java Operator SDK: one ConfigMap and a status for each Widget, or a cache only. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws InterruptedException {
    var workers = Integer.parseInt(arguments[1]);
    // All else is as it comes: its client has no throttle, and its rate limiter lets everything through.
    var operator =
        new Operator(
            configuration ->
                configuration
                    .withConcurrentReconciliationThreads(workers)
                    .withConcurrentWorkflowExecutorThreads(workers));
    var isCache = arguments[0].equals("cache");
    operator.register(isCache ? new CacheReconciler() : new WidgetReconciler());
    // Returns when the informers have read everything.
    operator.start();
    if (isCache) {
      System.out.println("synced");
    }
    Thread.currentThread().join();
  }
}
