package main

import (
	"encoding/json"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
)

type change struct {
	Original, Modified, Current json.RawMessage
}

// strategic makes kubectl's three-way patch and applies it.
func strategic(line []byte) (any, error) {
	var c change
	if err := json.Unmarshal(line, &c); err != nil {
		return nil, err
	}
	meta, err := strategicpatch.NewPatchMetaFromStruct(appsv1.Deployment{})
	if err != nil {
		return nil, err
	}
	patch, err := strategicpatch.CreateThreeWayMergePatch(c.Original, c.Modified, c.Current, meta, true)
	if err != nil {
		return map[string]any{"error": err.Error()}, nil
	}
	result, err := strategicpatch.StrategicMergePatch(c.Current, patch, appsv1.Deployment{})
	if err != nil {
		return map[string]any{"error": err.Error()}, nil
	}
	return map[string]any{"patch": json.RawMessage(patch), "result": json.RawMessage(result)}, nil
}
