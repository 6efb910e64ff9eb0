{{/* What names begin with: the release's name, and the chart's unless that is a part of it. */}}
{{- define "canaryop.prefix" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "canaryop.labels" -}}
app.kubernetes.io/name: canaryop
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* What the operator's own objects are found by. */}}
{{- define "canaryop.selector" -}}
control-plane: controller-manager
{{- end -}}

{{- define "canaryop.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (printf "%s-controller-manager" (include "canaryop.prefix" .)) -}}
{{- else -}}
{{- required "serviceAccount.name is needed where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* A list of rules that `pnpm generate` wrote, as the value of `rules:`. Takes the context and the file's name. */}}
{{- define "canaryop.rules" -}}
{{- (index . 0).Files.Get (printf "files/%s" (index . 1)) | fromYamlArray | toYaml -}}
{{- end -}}

{{/* What the operator does in its own namespace, rules by what they are for, without what is switched off. */}}
{{- define "canaryop.ownNamespaceRules" -}}
{{- $rules := .Files.Get "files/own-namespace-rules.yaml" | fromYaml -}}
{{- if not .Values.leaderElection.enabled -}}
{{- $rules = omit $rules "leader-election" -}}
{{- end -}}
{{- toYaml $rules -}}
{{- end -}}

{{/* The ServiceAccount, as the value of `subjects:`. */}}
{{- define "canaryop.subjects" -}}
- kind: ServiceAccount
  name: {{ include "canaryop.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}

{{/* How metrics are served: "secure", "plain", "loopback" where nobody could be asked who may read them, or "off". */}}
{{- define "canaryop.metrics" -}}
{{- if not .Values.metrics.enabled -}}
off
{{- else if not .Values.metrics.secure -}}
plain
{{- else if .Values.namespaced -}}
loopback
{{- else -}}
secure
{{- end -}}
{{- end -}}

{{/* Name and number of the metrics' port, for those that are served to others. */}}
{{- define "canaryop.metricsPortName" -}}
{{- ternary "https" "http" (eq (include "canaryop.metrics" .) "secure") -}}
{{- end -}}
{{- define "canaryop.metricsPort" -}}
{{- ternary "8443" "8080" (eq (include "canaryop.metrics" .) "secure") -}}
{{- end -}}
