# The incident that you manage, in WARROOM_PROMPT before each prompt. No program is
# started for it: the line that the room keeps for you is read.
__warroom_prompt() {
	local version key severity status opened due title now age
	WARROOM_PROMPT=
	{ IFS=$'\t' read -r version key severity status opened due title < @FILE@; } 2>/dev/null || return 0
	[[ $version == 1 && -n $title && $opened =~ ^[0-9]+$ ]] || return 0
	if ((BASH_VERSINFO[0] >= 5)); then now=$EPOCHSECONDS; else printf -v now '%(%s)T' -1; fi
	age=$((now - opened / 1000))
	((age < 0)) && age=0
	if ((age < 3600)); then age=$((age / 60))m
	elif ((age < 172800)); then age=$((age / 3600))h
	else age=$((age / 86400))d; fi
	WARROOM_PROMPT="$severity $key $age "
}
# What was to be done before a prompt is done as before, and sees the same status.
__warroom_before() { local status=$?; __warroom_prompt; return $status; }
if [[ ${PROMPT_COMMAND[*]} != *__warroom_before* ]]; then
	if [[ $(declare -p PROMPT_COMMAND 2>/dev/null) == "declare -a"* ]]; then
		PROMPT_COMMAND=(__warroom_before "${PROMPT_COMMAND[@]}")
	else
		PROMPT_COMMAND="__warroom_before${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
	fi
fi
if [[ $PS1 != *WARROOM_PROMPT* ]]; then PS1='${WARROOM_PROMPT}'$PS1; fi
