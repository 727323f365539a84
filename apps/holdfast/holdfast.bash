# SPDX-License-Identifier: Apache-2.0
# Copyright The Holdfast authors
#
# Completion of holdfast for bash. The program itself knows what may follow: see
# "holdfast complete WORD...".
_holdfast() {
    local IFS=$'\n' current=${COMP_WORDS[COMP_CWORD]} line
    local -a words=()
    COMPREPLY=()
    # bash splits at ':' and '=', the program does not: join what belongs together.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        line=${COMP_WORDS[i]}
        if ((i > 1)) && [[ $line == [:=] || ${COMP_WORDS[i - 1]} == [:=] ]] &&
            ((${#words[@]} > 0)); then
            words[-1]+=$line
        else
            words+=("$line")
        fi
    done
    while read -r line; do
        if [[ $line == @file ]]; then
            compopt -o filenames 2>/dev/null
            mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
        elif [[ $line == *: && $current != *: ]]; then
            compopt -o nospace 2>/dev/null # label: goes on
            COMPREPLY+=("$line")
        else
            COMPREPLY+=("$line")
        fi
    done < <("${COMP_WORDS[0]/#\~/$HOME}" complete "${words[@]}" 2>/dev/null)
}
complete -F _holdfast holdfast
