# shellcheck shell=bash
# shellcheck disable=SC2154
# What the demo ends with: that all have the same, counted and compared from what the programs answer.

volunteers=(fatima joost noor)

# The counts by area and theme that a laptop shows, one a line: area|theme|number, without a theme for the area.
counts() {
    laptop "$1" talk list | jq -r '
        .conversations | group_by(.areaName)[]
        | .[0].areaName as $area
        | [$area, "", length],
          (map(.themes | if length == 0 then ["(no theme)"] else . end) | add | group_by(.)[]
           | [$area, .[0], length])
        | map(tostring) | join("|")'
}

overview() {
    local name area theme
    for name in "${volunteers[@]}"; do
        counts "$name" >"$place/$name.counts"
        laptop "$name" talk list | jq -r '.conversations[].words | select(. != null and . != "")' | sort \
            >"$place/$name.words"
    done
    row "" Fatima Joost Noor
    while IFS='|' read -r area theme _; do
        [[ -n $theme ]] || printf '    %s%s%s\n' "$bold" "$area" "$plain"
        row "  ${theme:-conversations}" \
            "$(counted fatima "$area" "$theme")" "$(counted joost "$area" "$theme")" "$(counted noor "$area" "$theme")"
    done <"$place/fatima.counts"
    jq -r '.words // empty' "$material/conversations.jsonl" | sort >"$place/said"
    for name in "${volunteers[@]}"; do
        check "${name^} counts the same as Fatima" cmp -s "$place/fatima.counts" "$place/$name.counts"
        check "${name^} has every word that was written down, once" cmp -s "$place/said" "$place/$name.words"
    done
}

# counted LAPTOP AREA THEME
counted() {
    awk -F '|' -v area="$2" -v theme="$3" '$1 == area && $2 == theme { print $3; found = 1 } END { if (!found) print "–" }' \
        "$place/$1.counts"
}

compare_states() {
    local name log hash expected cells same
    daemon status >"$place/daemon.status"
    for name in "${volunteers[@]}" henk; do laptop "$name" status >"$place/$name.status"; done
    row "log" daemon Fatima Joost Noor Henk
    while IFS= read -r log; do
        cells=()
        same=true
        expected=$(jq -r --arg log "$log" '.stateHash[$log]' "$place/daemon.status")
        for name in daemon "${volunteers[@]}" henk; do
            hash=$(jq -r --arg log "$log" '.stateHash[$log] // ""' "$place/$name.status")
            cells+=("${hash:0:8}")
            if [[ $name == henk && $log == street/* ]]; then
                cells[-1]="not his"
                [[ -z $hash ]] || same=false
            elif [[ $hash != "$expected" ]]; then
                same=false
            fi
        done
        row "$log" "${cells[@]}"
        check "$log: one state, in all who may read it" $same
    done < <(jq -r '.stateHash | keys[]' "$place/daemon.status")
    for name in "${volunteers[@]}" henk; do
        check "${name^}: all acknowledged, nothing missing, nothing waiting" settled "$name"
    done
}

settled() {
    jq -e '.unsynced + .pending + .wanted + .quarantined + .conflicts == 0' "$place/$1.status" >/dev/null
}
