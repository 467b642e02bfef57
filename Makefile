# 社会组织党建网络 · partygraph. `make` alone prints the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
BIN := .venv/bin
PACKAGES := graphmodel loaders queries planning visualizations api
PYTHONS := python3.11 python3 python3.12 python3.13
WORKERS ?= 2

# The environment is made anew when, and only when, what it is made from has changed.
STAMP := .venv/made-from-$(shell cat pyproject.toml requirements/dev.txt | sha256sum | cut -c1-16)

.PHONY: help
help: ## 列出命令 · list these commands
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: env
env: $(STAMP) ## 建立环境 .venv · make the environment in .venv

$(STAMP): pyproject.toml requirements/dev.txt
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
	@echo '正在安装固定版本的依赖（首次约几分钟）· installing pinned dependencies (minutes, the first time)'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: --requirement requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@rm -f .venv/made-from-*; touch $@
