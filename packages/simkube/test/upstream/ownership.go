package main

import (
	"encoding/json"
	"os"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/managedfields/managedfieldstest"
	"k8s.io/kube-openapi/pkg/spec3"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

type write struct {
	Op      string
	Manager string
	Force   bool
	Object  map[string]any
}

// ownership plays a sequence of applies and updates on one object.
func ownership(openAPIFiles []string) (answer, error) {
	schemas := map[string]*spec.Schema{}
	for _, file := range openAPIFiles {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var document spec3.OpenAPI
		if err := json.Unmarshal(text, &document); err != nil {
			return nil, err
		}
		for name, schema := range document.Components.Schemas {
			schemas[name] = schema
		}
	}
	converter, err := managedfields.NewTypeConverter(schemas, false)
	if err != nil {
		return nil, err
	}
	return func(line []byte) (any, error) {
		var writes []write
		if err := json.Unmarshal(line, &writes); err != nil {
			return nil, err
		}
		first := &unstructured.Unstructured{Object: writes[0].Object}
		manager := managedfieldstest.NewTestFieldManager(converter, first.GroupVersionKind())
		results := []any{}
		for _, write := range writes {
			object := &unstructured.Unstructured{Object: write.Object}
			var err error
			if write.Op == "apply" {
				err = manager.Apply(object, write.Manager, write.Force)
			} else {
				err = manager.Update(object, write.Manager)
			}
			if err != nil {
				results = append(results, map[string]any{"error": err.Error()})
				continue
			}
			results = append(results, manager.Live().(*unstructured.Unstructured).Object)
		}
		return results, nil
	}, nil
}
