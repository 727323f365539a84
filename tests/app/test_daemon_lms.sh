#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
exec python3 "$(dirname "$0")/daemon_lms.py"
