{{- define "chamberlain.selector" -}}
app.kubernetes.io/name: chamberlain
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "chamberlain.meta" -}}
name: {{ .Release.Name }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "chamberlain.selector" . | nindent 2 }}
  app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}
