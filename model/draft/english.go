package draft

// english are the words of English.
var english = tongue{
	common: []string{
		"the", "and", "are", "were", "be", "this", "that", "these", "it", "its", "you", "your", "our", "us", "for", "with", "from", "to", "some", "any",
		"all", "not", "there", "which", "who", "what", "can", "cannot", "may", "now", "still", "again", "customers", "payments", "fail", "fails", "failed",
		"failing", "slow", "service", "services", "issue", "problem", "cause", "caused", "found", "investigating", "identified", "monitoring", "outage",
		"since", "between", "about", "while", "sorry", "apologise", "apologize", "please", "has", "have", "been", "watch", "working",
		// Words of other languages too.
		"a", "we", "me", "met", "door", "is", "was", "of", "in", "at", "on", "an", "had", "by", "pour", "via", "over", "plan", "back", "online", "checkout",
	},
	months: [12][]string{
		{"January", "Jan"}, {"February", "Feb"}, {"March", "Mar"}, {"April", "Apr"}, {"May"}, {"June", "Jun"},
		{"July", "Jul"}, {"August", "Aug"}, {"September", "Sept", "Sep"}, {"October", "Oct"}, {"November", "Nov"}, {"December", "Dec"},
	},
	capitals: true, monthFirst: true,
	ordinals: []string{"st", "nd", "rd", "th"}, of: []string{"of"}, the: []string{"the"}, onDay: []string{"on", "since"}, parts: []string{"of"},
	days: [7][]string{
		{"Sunday", "Sundays"}, {"Monday", "Mondays"}, {"Tuesday", "Tuesdays"}, {"Wednesday", "Wednesdays"}, {"Thursday", "Thursdays"},
		{"Friday", "Fridays"}, {"Saturday", "Saturdays"},
	},
	shortDays: [7][]string{{"Sun"}, {"Mon"}, {"Tue", "Tues"}, {"Wed"}, {"Thu", "Thur", "Thurs"}, {"Fri"}, {"Sat"}},
	stops: []string{
		"approx", "no", "Mon", "Tue", "Tues", "Wed", "Thu", "Thur", "Thurs", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar", "Apr", "Jun", "Jul", "Aug", "Sept", "Sep",
		"Oct", "Nov", "Dec",
	},
	hours: []string{"hrs"}, zoneAfter: []string{"time"}, allTimes: []string{"time", "times"},
	within: []string{"in", "within"}, every: []string{"every"}, about: []string{"about", "around", "the next", "the", "at most"},
	numbers: []string{
		"a", "an", "half an", "one", "two", "three", "four", "five", "ten", "fifteen", "twenty", "thirty", "forty", "sixty", "a few", "a couple of",
	},
	more: []string{"more"}, units: []string{"minute", "minutes", "min", "mins", "hour", "hours", "hr", "hrs", "h", "day", "days"},
	lengths: []string{"every hour", "every half hour"},
	next: []string{
		"next update", "further update", "another update", "update again", "update you", "updates every", "update every", "update by", "update at",
		"update within", "update in", "report again", "back to you",
	},
	told: []string{"an update"}, updates: []string{"update", "updates"},
	future: []string{
		"will", "should", "shall", "expect", "expects", "expected", "expecting", "anticipate", "anticipated", "estimate", "estimated", "aim", "aiming",
		"plan", "planned", "planning", "going to", "hope", "hoping", "promise", "ll", "likely",
	},
	mended: []string{
		"fix", "fixed", "resolve", "resolved", "resolution", "restore", "restored", "repair", "repaired", "recover", "recovered", "recovery", "back",
		"solve", "solved", "working", "work again", "online", "available", "operational", "normal", "up and running", "over", "done", "completed", "mitigated",
	},
	foreseen: []string{"expected", "planned", "estimated", "anticipated"},
	present:  []string{"is", "are"},
	done:     []string{"restored", "fixed", "resolved", "repaired", "solved", "recovered"},
	past:     []string{"was", "were", "has", "have", "had", "is", "are", "been"},
	unless:   []string{"when", "once", "until", "after", "as soon as", "if", "whether", "before"},
	by:       []string{"by", "before", "within", "in", "until", "at", "around", "about", "towards"}, again: []string{"again"}, byFirst: []string{"by", "before", "within", "in"}, until: []string{"until", "till"},
	promised: []string{"eta", "estimated time to", "estimated time of", "time to resolution", "time to fix"},
	vague: []string{
		"soon", "shortly", "momentarily", "tonight", "tomorrow", "any minute", "any moment", "end of day", "end of the day", "noon", "midnight",
		"within the hour", "in the next hour", "in an hour", "in no time",
	},
	today:  []string{"today", "this morning", "this afternoon", "this evening"},
	no:     []string{"no", "nobody's", "none of the", "not any", "not", "wasn't", "weren't", "isn't", "aren't", "without"},
	things: []string{"data", "record", "records", "information"},
	fates: []string{
		"loss", "lost", "lose", "intact", "safe", "affected", "unaffected", "exposed", "leaked", "corrupted", "corruption", "deleted", "accessed", "missing",
		"compromised", "breach", "secure", "complete", "recovered", "restored",
	},
	losses: []string{"lost", "loss", "exposed", "leaked", "affected", "compromised", "accessed", "corrupted"},
}
