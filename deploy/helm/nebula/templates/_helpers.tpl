{{- define "nebula.name" -}}
{{- printf "%s-%s" .root.Release.Name .component | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "nebula.labels" -}}
{{ include "nebula.selector" . }}
app.kubernetes.io/part-of: nebula
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | quote }}
{{- end -}}

{{- define "nebula.selector" -}}
app.kubernetes.io/name: nebula
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "nebula.image" -}}
{{- $registry := required "image.registry is needed: where updater, cdn-registry, asset-store, entity-sync and migrations are" .root.Values.image.registry -}}
{{- printf "%s/%s:%s" (trimSuffix "/" $registry) .program (default .root.Chart.AppVersion .root.Values.image.tag) -}}
{{- end -}}

{{- define "nebula.secret" -}}
{{- required "existingSecret is needed: docs/operate/kubernetes.md lists its keys" .Values.existingSecret -}}
{{- end -}}

{{/* An environment variable from a key of the secret. */}}
{{- define "nebula.secretEnv" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ include "nebula.secret" .root }}
      key: {{ .key }}
{{- end -}}

{{- define "nebula.ledgerEndpoints" -}}
{{- $name := include "nebula.name" (dict "root" . "component" "ledger") -}}
{{- $members := list -}}
{{- range $i := until (int .Values.ledger.replicas) -}}
{{- $members = append $members (printf "%s-%d.%s.%s.svc:9000" $name $i $name $.Release.Namespace) -}}
{{- end -}}
{{- join "," $members -}}
{{- end -}}

{{- define "nebula.cacheHosts" -}}
{{- if .Values.cache.enabled -}}
{{- $name := include "nebula.name" (dict "root" . "component" "cache") -}}
{{- $nodes := list -}}
{{- range $i := until (int .Values.cache.replicas) -}}
{{- $nodes = append $nodes (printf "%s-%d.%s.%s.svc:11222" $name $i $name $.Release.Namespace) -}}
{{- end -}}
{{- join "," $nodes -}}
{{- else -}}
{{- .Values.cache.hosts -}}
{{- end -}}
{{- end -}}

{{/* What every service is told. schema: its role in the database, empty for none. */}}
{{- define "nebula.env" -}}
- name: NEBULA_HTTP_HOST
  value: 0.0.0.0
- name: NEBULA_GRPC_HOST
  value: 0.0.0.0
{{- if .root.Values.production.enabled }}
- name: NEBULA_PRODUCTION
  value: "true"
- name: NEBULA_PRODUCTION_ACCEPTED
  value: {{ join "," .root.Values.production.accepted | quote }}
{{- end }}
{{- if .root.Values.javaOptions }}
- name: JAVA_TOOL_OPTIONS
  value: {{ .root.Values.javaOptions | quote }}
{{- end }}
{{ include "nebula.secretEnv" (dict "root" .root "name" "NEBULA_AUTH_OPERATOR" "key" "operator-digests") }}
{{ include "nebula.secretEnv" (dict "root" .root "name" "NEBULA_AUTH_PUBLISHER" "key" "publisher-digests") }}
{{ include "nebula.secretEnv" (dict "root" .root "name" "NEBULA_AUTH_SERVER" "key" "server-digests") }}
- name: NEBULA_LEDGER_ENDPOINTS
  value: {{ include "nebula.ledgerEndpoints" .root | quote }}
{{ include "nebula.secretEnv" (dict "root" .root "name" "NEBULA_LEDGER_TOKEN" "key" "server-token") }}
{{- if .schema }}
- name: NEBULA_DATABASE_URL
  value: {{ printf "postgresql://%s/%s" (required "database.address is needed, HOST:PORT" .root.Values.database.address) .root.Values.database.name | quote }}
- name: NEBULA_DATABASE_USER
  value: nebula_{{ .schema }}
{{ include "nebula.secretEnv" (dict "root" .root "name" "NEBULA_DATABASE_PASSWORD" "key" (printf "database-%s-password" (replace "_" "-" .schema))) }}
{{- end }}
{{- $hosts := include "nebula.cacheHosts" .root }}
{{- if and $hosts .schema }}
- name: NEBULA_CACHE_HOSTS
  value: {{ $hosts | quote }}
- name: NEBULA_CACHE_USER
  value: {{ .root.Values.cache.user | quote }}
{{ include "nebula.secretEnv" (dict "root" .root "name" "NEBULA_CACHE_PASSWORD" "key" "cache-password") }}
{{- end }}
{{- end -}}

{{- define "nebula.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "nebula.probes" -}}
{{- /* A neighbour that is down never restarts a pod: /live tells of the process alone. */ -}}
startupProbe:
  httpGet: {path: /q/health/started, port: http}
  periodSeconds: 2
  failureThreshold: 90
livenessProbe:
  httpGet: {path: /q/health/live, port: http}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /q/health/ready, port: http}
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
{{- end -}}

{{/* The part of a pod that all have. grace: seconds that it may take to end. */}}
{{- define "nebula.pod" -}}
serviceAccountName: {{ include "nebula.name" (dict "root" .root "component" .component) }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .grace }}
securityContext:
  runAsUser: {{ .root.Values.runAsUser }}
  runAsGroup: {{ .root.Values.runAsUser }}
  fsGroup: {{ .root.Values.runAsUser }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{ include "nebula.selector" $ | nindent 8 }}
  {{- end }}
{{- end -}}

{{- define "nebula.serviceAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "nebula.name" . }}
  labels: {{ include "nebula.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end -}}

{{/* At most one of several pods is away at a time by somebody's choice. */}}
{{- define "nebula.disruptionBudget" -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ include "nebula.name" . }}
  labels: {{ include "nebula.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{ include "nebula.selector" . | nindent 6 }}
{{- end -}}

{{- define "nebula.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "nebula.name" . }}
  labels: {{ include "nebula.labels" . | nindent 4 }}
spec:
  {{- if .headless }}
  clusterIP: None
  publishNotReadyAddresses: true
  {{- end }}
  selector: {{ include "nebula.selector" . | nindent 4 }}
  ports:
    - {name: http, port: 8080, targetPort: http, appProtocol: http}
    - {name: grpc, port: 9000, targetPort: grpc, appProtocol: kubernetes.io/h2c}
{{- end -}}

{{- define "nebula.autoscaler" -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "nebula.name" . }}
  labels: {{ include "nebula.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: {{ include "nebula.name" . }}}
  minReplicas: {{ .values.autoscaling.minReplicas }}
  maxReplicas: {{ .values.autoscaling.maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: {type: Utilization, averageUtilization: {{ .values.autoscaling.cpuUtilization }}}
{{- end -}}

{{/* A service without state of its own. extraEnv, mounts, volumes, recreate, replicas. */}}
{{- define "nebula.deployment" -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "nebula.name" . }}
  labels: {{ include "nebula.labels" . | nindent 4 }}
spec:
  {{- if not .values.autoscaling.enabled }}
  replicas: {{ .replicas }}
  {{- end }}
  revisionHistoryLimit: 5
  {{- if .recreate }}
  strategy: {type: Recreate}
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
  {{- end }}
  selector:
    matchLabels: {{ include "nebula.selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{ include "nebula.labels" . | nindent 8 }}
    spec:
      {{- include "nebula.pod" (merge (dict "grace" 45) .) | nindent 6 }}
      containers:
        - name: {{ .component }}
          image: {{ include "nebula.image" . }}
          imagePullPolicy: {{ .root.Values.image.pullPolicy }}
          env:
            {{- include "nebula.env" . | nindent 12 }}
            {{- with .extraEnv }}
            {{- . | nindent 12 }}
            {{- end }}
            {{- with .values.env }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
          ports:
            - {name: http, containerPort: 8080}
            - {name: grpc, containerPort: 9000}
          {{- include "nebula.probes" . | nindent 10 }}
          lifecycle:
            # Until every node has taken the pod out of its service, requests still come.
            preStop: {sleep: {seconds: 5}}
          resources: {{ toYaml .values.resources | nindent 12 }}
          securityContext: {{ include "nebula.securityContext" . | nindent 12 }}
          volumeMounts:
            - {name: tmp, mountPath: /tmp}
            {{- with .mounts }}
            {{- . | nindent 12 }}
            {{- end }}
      volumes:
        - {name: tmp, emptyDir: {sizeLimit: 1Gi}}
        {{- with .volumes }}
        {{- . | nindent 8 }}
        {{- end }}
{{- end -}}
