# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# The short commands. The build itself is CMake: see CMakePresets.json.
.PHONY: help build run serve test bench check ci clean install
.DEFAULT_GOAL := help

DESTDIR ?=
PREFIX ?= /usr/local

help:
	@echo 'make run      build, start the server, do real work against it, check every result'
	@echo 'make serve    build and start the server; it stays in the foreground'
	@echo 'make test     build and run all tests'
	@echo 'make bench    measure; results in build/bench/results.json'
	@echo 'make build    build the programs (build/release/bin)'
	@echo 'make install  install them; PREFIX=/usr/local DESTDIR='
	@echo 'make check    format, sizes, includes and the other rules of the code'
	@echo 'make ci       everything that CI runs (about half an hour)'
	@echo 'make clean    remove build/'
	@echo
	@echo 'Missing Debian packages are installed first (tools/setup).'

build:
	@tools/setup run
	@tools/build release programs

run:
	@tools/setup run
	@tools/build release programs
	@tools/run

serve:
	@tools/setup run
	@tools/build release programs
	@tools/serve

test:
	@tools/setup test
	@tools/build debug
	@ctest --preset debug

bench:
	@tools/setup run
	@tools/build release programs bench_programs
	@tools/bench

check:
	@tools/setup ci
	@tools/check

ci:
	@tools/setup ci
	@tools/ci all

install: build
	@cmake -S . -B build/release -DCMAKE_INSTALL_PREFIX=$(PREFIX) >/dev/null
	@DESTDIR=$(DESTDIR) cmake --install build/release

clean:
	rm -rf build
