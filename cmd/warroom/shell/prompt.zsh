# The incident that you manage, in front of each prompt. No program is started for it:
# the line that the room keeps for you is read.
zmodload zsh/datetime
__warroom_prompt() {
	emulate -L zsh
	local version key severity state opened due title age
	typeset -g WARROOM_PROMPT=
	{ IFS=$'\t' read -r version key severity state opened due title < @FILE@ } 2>/dev/null || return 0
	[[ $version == 1 && -n $title && $opened == <-> ]] || return 0
	(( age = EPOCHSECONDS - opened / 1000 ))
	(( age < 0 )) && age=0
	if (( age < 3600 )); then age=$((age / 60))m
	elif (( age < 172800 )); then age=$((age / 3600))h
	else age=$((age / 86400))d; fi
	WARROOM_PROMPT="$severity $key $age "
}
autoload -Uz add-zsh-hook
add-zsh-hook precmd __warroom_prompt
setopt prompt_subst
if [[ $PROMPT != *WARROOM_PROMPT* ]]; then PROMPT='${WARROOM_PROMPT}'$PROMPT; fi
