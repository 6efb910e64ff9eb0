// The benchmark's operator on controller-runtime: one ConfigMap and a status for each Widget, or a cache and nothing else.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/go-logr/logr"
)

type Widget struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`
	Spec              struct {
		Text string `json:"text"`
	} `json:"spec"`
	Status struct {
		Text               string `json:"text,omitempty"`
		ObservedGeneration int64  `json:"observedGeneration,omitempty"`
	} `json:"status,omitempty"`
}

type WidgetList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []Widget `json:"items"`
}

func (w *Widget) DeepCopyObject() runtime.Object {
	out := *w
	w.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	return &out
}

func (l *WidgetList) DeepCopyObject() runtime.Object {
	out := &WidgetList{TypeMeta: l.TypeMeta}
	l.ListMeta.DeepCopyInto(&out.ListMeta)
	for i := range l.Items {
		out.Items = append(out.Items, *l.Items[i].DeepCopyObject().(*Widget))
	}
	return out
}

type reconciler struct {
	client.Client
	scheme *runtime.Scheme
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var widget Widget
	if err := r.Get(ctx, request.NamespacedName, &widget); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	child := &corev1.ConfigMap{}
	err := r.Get(ctx, request.NamespacedName, child)
	switch {
	case apierrors.IsNotFound(err):
		child = &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: widget.Namespace, Name: widget.Name}}
		child.Data = map[string]string{"text": widget.Spec.Text}
		if err := controllerutil.SetControllerReference(&widget, child, r.scheme); err != nil {
			return ctrl.Result{}, err
		}
		if err := r.Create(ctx, child); err != nil && !apierrors.IsAlreadyExists(err) {
			return ctrl.Result{}, err
		}
	case err != nil:
		return ctrl.Result{}, err
	default:
		before := child.DeepCopy()
		child.Data = map[string]string{"text": widget.Spec.Text}
		if !equality.Semantic.DeepEqual(before, child) {
			if err := r.Patch(ctx, child, client.MergeFrom(before)); err != nil {
				return ctrl.Result{}, err
			}
		}
	}
	before := widget.DeepCopyObject().(*Widget)
	widget.Status.Text = widget.Spec.Text
	widget.Status.ObservedGeneration = widget.Generation
	if before.Status != widget.Status {
		return ctrl.Result{}, r.Status().Patch(ctx, &widget, client.MergeFrom(before))
	}
	return ctrl.Result{}, nil
}

func main() {
	mode, workers := os.Args[1], 8
	if len(os.Args) > 2 {
		workers, _ = strconv.Atoi(os.Args[2])
	}
	log.SetLogger(logr.Discard())
	scheme := runtime.NewScheme()
	check(clientgoscheme.AddToScheme(scheme))
	version := schema.GroupVersion{Group: "bench.canaryop.io", Version: "v1"}
	scheme.AddKnownTypes(version, &Widget{}, &WidgetList{})
	metav1.AddToGroupVersion(scheme, version)
	config := ctrl.GetConfigOrDie()
	config.QPS = -1
	options := ctrl.Options{
		Scheme:  scheme,
		Metrics: metricsserver.Options{BindAddress: "0"},
		// As its documentation advises who does not read them.
		Cache: cache.Options{DefaultTransform: cache.TransformStripManagedFields()},
	}
	if strings.HasSuffix(mode, "-consistent") {
		enabled := true
		options.Client.Cache = &client.CacheOptions{EnableReadYourWritesConsistency: &enabled}
	}
	manager, err := ctrl.NewManager(config, options)
	check(err)
	ctx := ctrl.SetupSignalHandler()
	if mode == "cache" {
		_, err := manager.GetCache().GetInformer(ctx, &corev1.ConfigMap{})
		check(err)
		go func() {
			manager.GetCache().WaitForCacheSync(ctx)
			fmt.Println("synced")
		}()
	} else {
		check(ctrl.NewControllerManagedBy(manager).For(&Widget{}).Owns(&corev1.ConfigMap{}).
			WithOptions(controller.Options{MaxConcurrentReconciles: workers}).
			Complete(&reconciler{manager.GetClient(), scheme}))
	}
	check(manager.Start(ctx))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
