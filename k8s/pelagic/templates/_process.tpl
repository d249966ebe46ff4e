{{/* One process with what it does not say itself. Takes { root, name }. */}}
{{- define "pelagic.process" -}}
{{- $own := index .root.Values.processes .name -}}
{{- mustMergeOverwrite (deepCopy .root.Values.defaults) (dict "admin" true "database" false "bus" false "files" false "clickhouse" false "public" false "mail" false "posts" false "secrets" list "entry" "") (deepCopy $own) | toYaml -}}
{{- end -}}

{{- define "pelagic.fullname" -}}
{{- printf "%s-%s" .root.Release.Name .name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- define "pelagic.selector" -}}
app.kubernetes.io/name: pelagic
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{- define "pelagic.labels" -}}
{{ include "pelagic.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "pelagic.image" -}}
{{ .root.Values.image.repository }}pelagic-{{ .image }}:{{ .root.Values.image.tag | default .root.Chart.AppVersion }}
{{- end -}}

{{- define "pelagic.secret" -}}
- name: {{ .key }}
  valueFrom: { secretKeyRef: { name: {{ printf "%s-%s" .root.Values.secrets.prefix .name }}, key: {{ .key }} } }
{{- end -}}

{{/* What a process reads. Takes { root, name, process, folder: where it may write }. What is secret is named, never written. */}}
{{- define "pelagic.env" -}}
{{- $root := .root -}}
{{- $values := .root.Values -}}
{{- $process := .process -}}
{{- $name := .name -}}
{{- $env := dict -}}
{{- if eq $process.speaks "grpc" }}
{{- $_ := set $env "GRPC_HOST" "0.0.0.0" }}
{{- /* Everybody asks identity; it asks itself. */}}
{{- if not (has "identity" $process.asks) }}{{ $_ := set $env "IDENTITY_ADDRESS" "127.0.0.1:9000" }}{{ end }}
{{- $_ := set $env "GRPC_PORT" "9000" }}
{{- $_ := set $env "TOKEN_KEYS" (required "tokenKeys: the public half of the signing key, a JWK set" $values.tokenKeys) }}
{{- else if eq $process.speaks "http" }}
{{- $_ := set $env "HOST" "0.0.0.0" }}
{{- $_ := set $env "PORT" "8080" }}
{{- end }}
{{- if $process.admin }}
{{- $_ := set $env "ADMIN_PORT" "9090" }}
{{- $_ := set $env "DRAIN_MS" (mul $values.drainSeconds 1000 | toString) }}
{{- $_ := set $env "LOG_LEVEL" $values.logLevel }}
{{- $_ := set $env "SERVICE" $name }}
{{- if $values.tracesUrl }}{{ $_ := set $env "OTEL_EXPORTER_OTLP_ENDPOINT" $values.tracesUrl }}{{ end }}
{{- end }}
{{- if or $process.public $process.mail (has "SIGNING_KEY" $process.secrets) }}
{{- $_ := set $env "PUBLIC_URL" $values.publicUrl }}
{{- end }}
{{- if and $process.mail $values.smtp.enabled }}{{ $_ := set $env "MAIL_FROM" (required "smtp.from: who mail comes from" $values.smtp.from) }}{{ end }}
{{- if or $process.posts (has "WEBHOOK_KEY" $process.secrets) }}{{ $_ := set $env "WEBHOOK_ALLOW" $values.webhooks.allow }}{{ end }}
{{- if $process.public }}
{{- $_ := set $env "TRUSTED_PROXIES" $values.ingress.trustedProxies }}
{{- end }}
{{- if not $process.admin }}
{{- $_ := set $env "ORIGIN" $values.publicUrl }}
{{- $_ := set $env "SHUTDOWN_TIMEOUT" "30" }}
{{- end }}
{{- if $process.bus }}
{{- $_ := set $env "NATS_URL" $values.nats.url }}
{{- $_ := set $env "NATS_USER" $name }}
{{- if or $process.database (eq $process.speaks "bus") }}{{ $_ := set $env "NATS_REPLICAS" ($values.nats.replicas | toString) }}{{ end }}
{{- end }}
{{- if $process.files }}{{ $_ := set $env "FILES_DIR" (printf "%s/files" .folder) }}{{ end }}
{{- if $process.clickhouse }}
{{- if $values.clickhouse.server }}
{{- $_ := set $env "CLICKHOUSE_CLUSTER" $values.clickhouse.cluster }}
{{- else }}
{{- $_ := set $env "CLICKHOUSE_DIR" (printf "%s/clickhouse" .folder) }}
{{- end }}
{{- end }}
{{- range $process.asks }}
{{- $asked := index $values.processes . | required (printf "%s asks %s, and there is no such process" $name .) }}
{{- if eq $asked.speaks "grpc" }}
{{- $_ := set $env (printf "%s_ADDRESS" (upper .)) (printf "dns:///%s:9000" (include "pelagic.fullname" (dict "root" $root "name" .))) }}
{{- else }}
{{- $_ := set $env (printf "%s_ADDRESS" (upper .)) (printf "%s:8080" (include "pelagic.fullname" (dict "root" $root "name" .))) }}
{{- end }}
{{- end }}
{{- $_ := set $env "NODE_OPTIONS" (printf "--max-old-space-size=%v" $process.heapMb) }}
{{- range $key, $value := index $values.env $name }}{{ $_ := set $env $key ($value | toString) }}{{ end }}
{{- range $key, $value := $env }}
- name: {{ $key }}
  value: {{ $value | quote }}
{{- end }}
{{- if $process.bus }}
{{ include "pelagic.secret" (dict "root" $root "name" $name "key" "NATS_PASSWORD") }}
{{- end }}
{{- if $process.database }}
{{ include "pelagic.secret" (dict "root" $root "name" $name "key" "DATABASE_URL") }}
{{ include "pelagic.secret" (dict "root" $root "name" $name "key" "SERVICE_SECRET") }}
{{- end }}
{{- if and $process.clickhouse $values.clickhouse.server }}
{{ include "pelagic.secret" (dict "root" $root "name" $name "key" "CLICKHOUSE_URL") }}
{{- end }}
{{- if and $process.files $values.files.bucket.enabled }}
{{ include "pelagic.secret" (dict "root" $root "name" $name "key" "FILES_URL") }}
{{- end }}
{{- if and $process.mail $values.smtp.enabled }}
{{ include "pelagic.secret" (dict "root" $root "name" $name "key" "SMTP_URL") }}
{{- end }}
{{- range $process.secrets }}
{{ include "pelagic.secret" (dict "root" $root "name" $name "key" .) }}
{{- end }}
{{- end -}}

{{- define "pelagic.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "pelagic.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: { drop: [ALL] }
{{- end -}}
