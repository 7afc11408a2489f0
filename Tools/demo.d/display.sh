# shellcheck shell=bash
# How the demo prints: 80 columns, colours on a terminal only, and not where NO_COLOR is set.

if [[ -t 1 && -z ${NO_COLOR-} && ${TERM-dumb} != dumb ]]; then
    bold=$'\e[1m' dim=$'\e[2m' green=$'\e[32m' red=$'\e[31m' plain=$'\e[0m'
else
    bold='' dim='' green='' red='' plain=''
fi

chapters=0
failures=0

# The title of what comes now.
chapter() {
    chapters=$((chapters + 1))
    printf '\n%s%2d  %s%s\n' "$bold" "$chapters" "$1" "$plain"
}

# A sentence or more, wrapped.
say() {
    fold -s -w 74 <<<"$*" | sed -e 's/ *$//' -e 's/^/    /'
}

# A command as one would type it.
typed() {
    local line="\$ $*"
    ((${#line} <= 74)) || line="${line:0:73}…"
    printf '    %s%s%s\n' "$dim" "$line" "$plain"
}

# Something that somebody wrote, indented and marked.
quote() {
    fold -s -w 70 <<<"$*" | sed -e 's/ *$//' -e "s/^/    ${dim}│${plain} /"
}

# What must hold, and whether it does: check "what" COMMAND…
check() {
    local what=$1
    shift
    if "$@"; then
        printf '    %s✓%s %s\n' "$green" "$plain" "$what"
    else
        printf '    %s✗ %s%s\n' "$red" "$what" "$plain"
        failures=$((failures + 1))
    fi
}

# One row of a table: a label, then columns set right.
row() {
    local label=$1 cell
    shift
    printf '    %s%*s' "$label" $((24 - ${#label})) ''
    # The width counts characters, so that a mark of three bytes takes one column.
    for cell in "$@"; do printf '%*s%s' $((10 - ${#cell})) '' "$cell"; done
    printf '\n'
}
