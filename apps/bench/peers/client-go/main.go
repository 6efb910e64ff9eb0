// The benchmark's small work on client-go: `client-go FIXTURE MODE`. It reads the same bytes as ours, through its own
// HTTP client, whose round tripper answers from memory, and prints one line of JSON. Nothing else runs in the process.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/dynamic/dynamicinformer"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/util/workqueue"
)

// sizes.json of the fixture, made beside the bytes.
type sizes struct {
	Objects    int `json:"objects"`
	Namespaces int `json:"namespaces"`
	Apps       int `json:"apps"`
	Changes    int `json:"changes"`
	Keys       int `json:"keys"`
	Operations int `json:"operations"`
	Gets       int `json:"gets"`
	Lists      int `json:"lists"`
}

type figures map[string]float64

const appIndex = "app"

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("usage: client-go FIXTURE typed|unstructured"))
	}
	folder, mode := os.Args[1], os.Args[2]
	var size sizes
	fail(json.Unmarshal(read(folder, "sizes.json"), &size))
	out := figures{}
	if mode == "typed" {
		measureQueue(size, out)
		measureReads(folder, size, out)
	}
	for _, kind := range []string{"configmaps", "pods"} {
		name := map[string]string{"configmaps": "configMap", "pods": "pod"}[kind]
		measureDecoder(folder, mode, kind, size, out, name)
		measureInformer(folder, mode, kind, size, out, name)
	}
	fail(json.NewEncoder(os.Stdout).Encode(out))
}

func measureQueue(size sizes, out figures) {
	names := make([]string, size.Keys)
	for i := range names {
		names[i] = fmt.Sprintf("default/object-%d", i)
	}
	queue := newQueue(5 * time.Millisecond)
	out["queueCycleNs"] = each(size.Operations, func(i int) {
		queue.Add(names[i%size.Keys])
		name, _ := queue.Get()
		queue.Done(name)
	})
	for _, name := range names {
		queue.Add(name)
	}
	out["queueKnownNs"] = each(size.Operations, func(i int) { queue.Add(names[i%size.Keys]) })
	queue.ShutDown()
	// A queue each, and nothing that is due while it is measured.
	delayed := newQueue(5 * time.Millisecond)
	out["queueDelayedNs"] = each(size.Operations, func(i int) {
		delayed.AddAfter(names[i%size.Keys], time.Minute+time.Duration(i%977)*time.Millisecond)
	})
	delayed.ShutDown()
	limited := newQueue(time.Minute)
	out["queueRateLimitedNs"] = each(size.Operations, func(i int) { limited.AddRateLimited(names[i%size.Keys]) })
	limited.ShutDown()
}

func newQueue(first time.Duration) workqueue.TypedRateLimitingInterface[string] {
	return workqueue.NewTypedRateLimitingQueue(
		workqueue.NewTypedItemExponentialFailureRateLimiter[string](first, 1000*time.Second))
}

func measureReads(folder string, size sizes, out figures) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	before := heap()
	transport := newScripted(folder, "configmaps")
	factory := informers.NewSharedInformerFactory(clientset(transport), 0)
	shared := factory.Core().V1().ConfigMaps()
	informer, lister := shared.Informer(), shared.Lister()
	fail(informer.SetTransform(withoutManagedFields))
	fail(informer.AddIndexers(cache.Indexers{appIndex: func(object interface{}) ([]string, error) {
		return []string{object.(*corev1.ConfigMap).Labels["app"]}, nil
	}}))
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	transport.forget()
	out["heapBytesPerObject"] = float64(heap()-before) / float64(size.Objects)
	seen := 0
	namespaces, names := make([]string, size.Namespaces), make([]string, size.Objects)
	for i := range namespaces {
		namespaces[i] = fmt.Sprintf("namespace-%d", i)
	}
	for i := range names {
		names[i] = fmt.Sprintf("object-%d", i)
	}
	out["getNs"] = each(size.Gets, func(i int) {
		at := i * 7919 % size.Objects
		object, err := lister.ConfigMaps(namespaces[at%size.Namespaces]).Get(names[at])
		fail(err)
		seen += len(object.Name)
	})
	out["listNamespaceNs"] = each(size.Lists, func(i int) {
		objects, err := lister.ConfigMaps(namespaces[i*31%size.Namespaces]).List(labels.Everything())
		fail(err)
		seen += len(objects)
	})
	apps := make([]string, size.Apps)
	for i := range apps {
		apps[i] = fmt.Sprintf("app-%d", i)
	}
	out["byIndexNs"] = each(size.Lists, func(i int) {
		objects, err := informer.GetIndexer().ByIndex(appIndex, apps[i*31%size.Apps])
		fail(err)
		seen += len(objects)
	})
	if perRead := size.Objects/size.Namespaces + size.Objects/size.Apps; seen < size.Lists*perRead {
		fail(fmt.Errorf("only %d objects were read", seen))
	}
	runtime.KeepAlive(factory)
}

// measureDecoder reads a watch as client-go hands it out, without a cache behind it. Ours reads the same bytes through
// its informer, which drops what it has seen; client-go's would store them, so it is asked for the watch alone.
func measureDecoder(folder, mode, kind string, size sizes, out figures, name string) {
	transport := newScripted(folder, kind)
	transport.changes = read(folder, kind+"-seen.jsonl")
	transport.release()
	var stream watch.Interface
	var err error
	options := metav1.ListOptions{}
	start := time.Now()
	switch {
	case mode == "unstructured":
		stream, err = dynamicClient(transport).Resource(resource(kind)).Watch(context.Background(), options)
	case kind == "pods":
		stream, err = clientset(transport).CoreV1().Pods("").Watch(context.Background(), options)
	default:
		stream, err = clientset(transport).CoreV1().ConfigMaps("").Watch(context.Background(), options)
	}
	fail(err)
	for events := 0; events < size.Changes; events++ {
		if event := <-stream.ResultChan(); event.Type != watch.Modified {
			fail(fmt.Errorf("event %d is %q: %v", events, event.Type, event.Object))
		}
	}
	out[name+"DecodedUs"] = micros(time.Since(start), size.Changes)
	stream.Stop()
}

// measureInformer reads the same watch through an informer, up to a handler.
func measureInformer(folder, mode, kind string, size sizes, out figures, name string) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	transport := newScripted(folder, kind)
	var informer cache.SharedIndexInformer
	switch {
	case mode == "unstructured":
		factory := dynamicinformer.NewDynamicSharedInformerFactory(dynamicClient(transport), 0)
		informer = factory.ForResource(resource(kind)).Informer()
	case kind == "pods":
		informer = informers.NewSharedInformerFactory(clientset(transport), 0).Core().V1().Pods().Informer()
	default:
		informer = informers.NewSharedInformerFactory(clientset(transport), 0).Core().V1().ConfigMaps().Informer()
	}
	fail(informer.SetTransform(withoutManagedFields))
	done, events := make(chan struct{}), 0
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{UpdateFunc: func(_, _ interface{}) {
		if events++; events == size.Changes {
			close(done)
		}
	}})
	fail(err)
	go informer.Run(ctx.Done())
	cache.WaitForCacheSync(ctx.Done(), informer.HasSynced)
	start := time.Now()
	transport.release()
	<-done
	out[name+"HandledUs"] = micros(time.Since(start), size.Changes)
}

// withoutManagedFields is what controller-runtime's documentation advises who does not read them. Ours drops them too.
func withoutManagedFields(object interface{}) (interface{}, error) {
	if accessor, err := meta.Accessor(object); err == nil {
		accessor.SetManagedFields(nil)
	}
	return object, nil
}

func clientset(transport *scripted) kubernetes.Interface {
	client, err := kubernetes.NewForConfig(config(transport))
	fail(err)
	return client
}

func dynamicClient(transport *scripted) dynamic.Interface {
	client, err := dynamic.NewForConfig(config(transport))
	fail(err)
	return client
}

// config asks for JSON, which is all that a custom resource comes in, and what ours reads.
func config(transport *scripted) *rest.Config {
	content := rest.ContentConfig{ContentType: "application/json", AcceptContentTypes: "application/json"}
	return &rest.Config{Host: "https://nowhere", Transport: transport, QPS: -1, ContentConfig: content}
}

func resource(kind string) schema.GroupVersionResource {
	return schema.GroupVersionResource{Version: "v1", Resource: kind}
}

func heap() int64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// each tells the nanoseconds of one of count operations, of the best of five rounds, as ours does.
func each(count int, work func(i int)) float64 {
	const rounds = 5
	perRound := (count + rounds - 1) / rounds
	least := math.Inf(1)
	for round := 0; round < rounds; round++ {
		start := time.Now()
		for i := round * perRound; i < (round+1)*perRound; i++ {
			work(i)
		}
		least = min(least, float64(time.Since(start).Nanoseconds()))
	}
	return least / float64(perRound)
}

func micros(elapsed time.Duration, count int) float64 {
	return float64(elapsed.Nanoseconds()) / 1000 / float64(count)
}

func read(folder, name string) []byte {
	bytes, err := os.ReadFile(filepath.Join(folder, name))
	fail(err)
	return bytes
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
