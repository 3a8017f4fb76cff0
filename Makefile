# Every target goes to one program; this file knows no names and takes no decisions.
$(if $(filter 3.%,$(MAKE_VERSION)),$(error GNU make 4 is needed, this is $(MAKE_VERSION): brew install make, then gmake))

# Values of the command line reach the program literally: unexpanded ($ and all), and never as part of a recipe.
export RS_MAKE_VARIABLES := $(foreach v,$(.VARIABLES),$(if $(findstring command line,$(origin $v)),$v))
$(foreach v,$(RS_MAKE_VARIABLES),$(eval override $v := $$(value $v))$(eval export $v))
# make would hand them on once more, to every make below this one.
MAKEOVERRIDES :=
unexport MAKEFLAGS MFLAGS MAKELEVEL

PROGRAM := dist/main.js
RUN := @node $(PROGRAM)

.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Built when a source is newer: a target's start-up never pays for compiling. Folders count, for deleted files.
$(PROGRAM): $(shell find scripts infra/bootstrap) package-lock.json
	@infra/bootstrap/install.sh

rs-deploy: $(PROGRAM) ; $(RUN) $@
rs-deploy-only: $(PROGRAM) ; $(RUN) $@
rs-build: $(PROGRAM) ; $(RUN) $@
rs-validate: $(PROGRAM) ; $(RUN) $@
rs-up: $(PROGRAM) ; $(RUN) $@

rs-deploy-function: $(PROGRAM) ; $(RUN) $@
rs-rollback: $(PROGRAM) ; $(RUN) $@
rs-shift-finish: $(PROGRAM) ; $(RUN) $@
rs-shift-abort: $(PROGRAM) ; $(RUN) $@
deploy-frontend: $(PROGRAM) ; $(RUN) $@
rs-plan: $(PROGRAM) ; $(RUN) $@
rs-adopt-buckets: $(PROGRAM) ; $(RUN) $@

check-rs: $(PROGRAM) ; $(RUN) $@
check-rs-stack-status: $(PROGRAM) ; $(RUN) $@
show-account-number: $(PROGRAM) ; $(RUN) $@
show-region: $(PROGRAM) ; $(RUN) $@
show-rs-stackname: $(PROGRAM) ; $(RUN) $@
show-rs-function-name: $(PROGRAM) ; $(RUN) $@
show-rs-endpoint: $(PROGRAM) ; $(RUN) $@
show-rs-api-gateway: $(PROGRAM) ; $(RUN) $@
show-rs-user-pool: $(PROGRAM) ; $(RUN) $@
show-rs-client-id: $(PROGRAM) ; $(RUN) $@
show-rs-s3-buckets: $(PROGRAM) ; $(RUN) $@
rs-outputs: $(PROGRAM) ; $(RUN) $@
rs-open: $(PROGRAM) ; $(RUN) $@
rs-ping-health: $(PROGRAM) ; $(RUN) $@
list-envs: $(PROGRAM) ; $(RUN) $@
list-orgs: $(PROGRAM) ; $(RUN) $@
rs-diff: $(PROGRAM) ; $(RUN) $@
rs-drift: $(PROGRAM) ; $(RUN) $@

sync-configs: $(PROGRAM) ; $(RUN) $@
show-config: $(PROGRAM) ; $(RUN) $@
config: $(PROGRAM) ; $(RUN) $@
rs-update-config: $(PROGRAM) ; $(RUN) $@
rs-show-runtime-config: $(PROGRAM) ; $(RUN) $@
rs-cp-sop: $(PROGRAM) ; $(RUN) $@
rs-bootstrap-testenv: $(PROGRAM) ; $(RUN) $@

rs-watch: $(PROGRAM) ; $(RUN) $@
rs-watch-log: $(PROGRAM) ; $(RUN) $@
rs-compare: $(PROGRAM) ; $(RUN) $@

rs-attach: $(PROGRAM) ; $(RUN) $@
rs-why: $(PROGRAM) ; $(RUN) $@
rs-continue-rollback: $(PROGRAM) ; $(RUN) $@

rs-history: $(PROGRAM) ; $(RUN) $@
rs-show-release: $(PROGRAM) ; $(RUN) $@
rs-why-changed: $(PROGRAM) ; $(RUN) $@
rs-config-restore: $(PROGRAM) ; $(RUN) $@
rs-metrics: $(PROGRAM) ; $(RUN) $@

rs-lock: $(PROGRAM) ; $(RUN) $@
rs-unlock: $(PROGRAM) ; $(RUN) $@
rs-lock-status: $(PROGRAM) ; $(RUN) $@

rs-teardown: $(PROGRAM) ; $(RUN) $@
rs-nuke-buckets: $(PROGRAM) ; $(RUN) $@
rs-nuke-users: $(PROGRAM) ; $(RUN) $@
rs-nuke-user-pool: $(PROGRAM) ; $(RUN) $@
rs-nuke-data: $(PROGRAM) ; $(RUN) $@
rs-nuke-all: $(PROGRAM) ; $(RUN) $@
rs-cycle-stack: $(PROGRAM) ; $(RUN) $@

rs-list-users: $(PROGRAM) ; $(RUN) $@
rs-show-user: $(PROGRAM) ; $(RUN) $@
rs-list-groups: $(PROGRAM) ; $(RUN) $@
rs-add-user: $(PROGRAM) ; $(RUN) $@
rs-set-password: $(PROGRAM) ; $(RUN) $@
rs-set-group: $(PROGRAM) ; $(RUN) $@
rs-remove-user: $(PROGRAM) ; $(RUN) $@
rs-create-test-users: $(PROGRAM) ; $(RUN) $@
rs-list-test-users: $(PROGRAM) ; $(RUN) $@
rs-remove-test-users: $(PROGRAM) ; $(RUN) $@
rs-secure-prod: $(PROGRAM) ; $(RUN) $@

get-rs-token: $(PROGRAM) ; $(RUN) $@
rs-login-check: $(PROGRAM) ; $(RUN) $@
test-jwt-aws: $(PROGRAM) ; $(RUN) $@
test-jwt-local: $(PROGRAM) ; $(RUN) $@
test-jwt-regression: $(PROGRAM) ; $(RUN) $@

local-start: $(PROGRAM) ; $(RUN) $@
local-stop: $(PROGRAM) ; $(RUN) $@
local-status: $(PROGRAM) ; $(RUN) $@
local-reset: $(PROGRAM) ; $(RUN) $@

start-backend: $(PROGRAM) ; $(RUN) $@
start-frontend: $(PROGRAM) ; $(RUN) $@
start-dev: $(PROGRAM) ; $(RUN) $@
stop-all: $(PROGRAM) ; $(RUN) $@

help: $(PROGRAM) ; $(RUN) $@
help-target: $(PROGRAM) ; $(RUN) $@
rs-doctor: $(PROGRAM) ; $(RUN) $@

test test-unit test-full docs: export RS_PACKAGES := all
test: $(PROGRAM) ; $(RUN) $@
test-unit: $(PROGRAM) ; $(RUN) $@
test-full: $(PROGRAM) ; $(RUN) $@
docs: $(PROGRAM) ; $(RUN) $@

.PHONY: rs-deploy rs-deploy-only rs-build rs-validate rs-up rs-deploy-function rs-rollback rs-shift-finish rs-shift-abort deploy-frontend rs-plan rs-adopt-buckets check-rs check-rs-stack-status show-account-number show-region show-rs-stackname show-rs-function-name show-rs-endpoint show-rs-api-gateway show-rs-user-pool show-rs-client-id show-rs-s3-buckets rs-outputs rs-open rs-ping-health list-envs list-orgs rs-diff rs-drift sync-configs show-config config rs-update-config rs-show-runtime-config rs-cp-sop rs-bootstrap-testenv rs-watch rs-watch-log rs-compare rs-attach rs-why rs-continue-rollback rs-history rs-show-release rs-why-changed rs-config-restore rs-metrics rs-lock rs-unlock rs-lock-status rs-teardown rs-nuke-buckets rs-nuke-users rs-nuke-user-pool rs-nuke-data rs-nuke-all rs-cycle-stack rs-list-users rs-show-user rs-list-groups rs-add-user rs-set-password rs-set-group rs-remove-user rs-create-test-users rs-list-test-users rs-remove-test-users rs-secure-prod get-rs-token rs-login-check test-jwt-aws test-jwt-local test-jwt-regression local-start local-stop local-status local-reset start-backend start-frontend start-dev stop-all help help-target rs-doctor test test-unit test-full docs
