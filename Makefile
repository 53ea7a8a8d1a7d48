# Two commands matter: `make demo` and `make test`. Both need Python 3.11 or newer and make; the rest they bring themselves.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SEED ?= 7

.PHONY: demo test check model install install-test system-test bench campaign-crash campaign-cluster campaign-trouble campaign-tension campaign-sources campaign-http figures clean

demo: install
	@$(BIN)/nabat demo

# Three processes on two cores: two fifths of the time are waiting for brokers, browsers and engines. A file stays in one of them, and
# the longest come first (tests/conftest.py).
test: install-test system-test check
	@$(BIN)/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder

# Style and types, without running anything.
check: install-test
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# The models that the classifier comes with, learned anew from detectors/corpus: the same bytes each time.
model: install
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m detectors.model.build
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m detectors.answers.fit
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m detectors.urgency.fit

bench: install-test
	@$(BIN)/nabat bench hot-path

# Every figure that the documents name. DATA is a folder with labelled texts and series and their scorers, for the figures of quality.
figures: install-test
	@$(BIN)/python -m tests.figures $(if $(DATA),--data $(DATA))

# kill -9 at every fault point and at 50 random moments.
campaign-crash: install-test
	@$(BIN)/python -m tests.crash.campaign --random 50 --seed $(SEED)

# A cluster of real processes and a real Kafka: kill -9, SIGSTOP, a broker restarted, while 200,000 posts go through.
campaign-cluster: system-test
	@$(BIN)/python -m tests.cluster.campaign --seed $(SEED)

# The store refuses, hangs, and answers 500 after having written, 10 s each.
campaign-trouble: install-test
	@$(BIN)/python -m tests.crash.trouble --seconds 10

# Spike detectors at equal false alerts, in a simulated region of known truth: 40 territories, 18 groups, 12 weeks. With KEEP=FOLDER a
# stopped one goes on where it was.
campaign-tension: install-test
	@$(BIN)/python -m tests.benchmarks.tension.campaign $(if $(KEEP),--keep $(KEEP))

# Stand-ins of all networks in trouble, crawlers killed, in virtual time: a town a seed.
campaign-sources: install-test
	@$(BIN)/python -m tests.sources.campaign --runs 200 --seed $(SEED)

# Nabat as it runs, half an hour of real HTTP against stand-ins of all networks, which count their limits themselves.
campaign-http: install-test
	@$(BIN)/python -m tests.sources.http_campaign --minutes 30 --seed $(SEED)

install: $(VENV)/installed
install-test: $(VENV)/installed-test

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Nabat needs Python 3.11 or newer; say which: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "Python comes without venv here; on Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Making the environment $(VENV) …"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml $(VENV)/bin/python
	@echo "Installing Nabat and what it needs (about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml $(VENV)/bin/python
	@echo "Installing Nabat with what its tests need …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[test,bench]'
	@touch $@ $(VENV)/installed

# Chromium, Prometheus and Kafka are real in the tests. As root on Debian what they need is installed; elsewhere it is said what is
# missing. Kafka itself comes by Maven into a folder of the user's cache, once.
system-test: install-test
	@missing=""; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v prometheus >/dev/null && command -v promtool >/dev/null || missing="$$missing prometheus"; \
	command -v amtool >/dev/null || missing="$$missing prometheus-alertmanager"; \
	command -v java >/dev/null || missing="$$missing default-jre-headless"; \
	command -v mvn >/dev/null || $(BIN)/python -c 'import sys; from tests.kafka.install import jars; sys.exit(not jars().is_dir())' || missing="$$missing maven"; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing$$missing …"; \
		{ apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $$missing; } >/tmp/nabat-apt.log 2>&1 \
		|| { tail -5 /tmp/nabat-apt.log >&2; exit 1; }; \
	else \
		echo "The tests need:$$missing. On Debian or Ubuntu: sudo apt-get install$$missing; elsewhere put chromium, prometheus, promtool, amtool, java (17 or newer) and mvn on PATH." >&2; \
		exit 1; \
	fi
	@$(BIN)/python -m tests.kafka.install

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
