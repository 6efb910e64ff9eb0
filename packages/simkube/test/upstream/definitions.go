package main

import (
	"context"
	"encoding/json"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	v1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/model"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	apivalidation "k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"k8s.io/apiserver/pkg/cel/environment"
)

type definition struct {
	Definition json.RawMessage
	Objects    []json.RawMessage
}

// definitions judges a CRD, and if it is good the cost of its rules and some objects.
func definitions(line []byte) (any, error) {
	var d definition
	if err := json.Unmarshal(line, &d); err != nil {
		return nil, err
	}
	var external v1.CustomResourceDefinition
	if err := json.Unmarshal(d.Definition, &external); err != nil {
		return nil, err
	}
	v1.SetDefaults_CustomResourceDefinition(&external)
	v1.SetDefaults_CustomResourceDefinitionSpec(&external.Spec)
	var crd apiextensions.CustomResourceDefinition
	if err := v1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(&external, &crd, nil); err != nil {
		return nil, err
	}
	crd.Status.StoredVersions = []string{"v1"}
	errors := texts(validation.ValidateCustomResourceDefinition(context.Background(), &crd))
	if len(errors) > 0 || crd.Spec.Validation == nil {
		return map[string]any{"errors": errors}, nil
	}
	structural, err := schema.NewStructural(crd.Spec.Validation.OpenAPIV3Schema)
	if err != nil {
		return nil, err
	}
	objects := []any{}
	for _, raw := range d.Objects {
		judged, err := judge(structural, crd.Spec.Validation.OpenAPIV3Schema, raw)
		if err != nil {
			return nil, err
		}
		objects = append(objects, judged)
	}
	return map[string]any{"errors": errors, "costs": costs(structural, true), "objects": objects}, nil
}

func texts(errors field.ErrorList) []string {
	result := []string{}
	for _, err := range errors {
		result = append(result, err.Error())
	}
	return result
}

func costs(s *schema.Structural, isRoot bool) []any {
	result := []any{}
	if len(s.XValidations) > 0 {
		env := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
		compiled, err := cel.Compile(s, model.SchemaDeclType(s, isRoot), celconfig.PerCallLimit, env, cel.NewExpressionsEnvLoader())
		if err == nil {
			for i, rule := range compiled {
				result = append(result, []any{s.XValidations[i].Rule, rule.MaxCost, rule.MaxCardinality})
			}
		}
	}
	for _, property := range s.Properties {
		result = append(result, costs(&property, false)...)
	}
	if s.Items != nil {
		result = append(result, costs(s.Items, false)...)
	}
	if s.AdditionalProperties != nil && s.AdditionalProperties.Structural != nil {
		result = append(result, costs(s.AdditionalProperties.Structural, false)...)
	}
	return result
}

// judge follows the order of the custom resource strategy: rules are not run over an object that is too broken.
func judge(structural *schema.Structural, props *apiextensions.JSONSchemaProps, raw []byte) ([]string, error) {
	object := map[string]any{}
	if err := utiljson.Unmarshal(raw, &object); err != nil {
		return nil, err
	}
	validator, _, err := apivalidation.NewSchemaValidator(props)
	if err != nil {
		return nil, err
	}
	errors := apivalidation.ValidateCustomResource(nil, object, validator)
	errors = append(errors, listtype.ValidateListSetsAndMaps(nil, structural, object)...)
	for _, err := range errors {
		switch err.Type {
		case field.ErrorTypeNotSupported, field.ErrorTypeRequired, field.ErrorTypeTooLong, field.ErrorTypeTooMany, field.ErrorTypeTypeInvalid:
			return texts(errors), nil
		}
	}
	rules, _ := cel.NewValidator(structural, true, celconfig.PerCallLimit).Validate(context.Background(), nil, structural, object, nil, celconfig.RuntimeCELCostBudget)
	return texts(append(errors, rules...)), nil
}
