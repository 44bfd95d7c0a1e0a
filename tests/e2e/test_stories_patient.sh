#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The main story of a patient on every terminal and in every locale that is promised.
. tests/e2e/lib.sh
. tests/e2e/screens.sh
. tests/e2e/stories.sh

stories_up
on_each_terminal story_patient
