package draft

// dutch are the words of Dutch, as they are written in the Netherlands and in Belgium.
var dutch = tongue{
	common: []string{
		"het", "een", "van", "voor", "met", "niet", "aan", "er", "zijn", "naar", "ook", "maar", "uw", "jullie", "ons", "onze", "u", "deze", "dit", "dat", "die",
		"wordt", "worden", "werd", "werden", "waren", "heeft", "hebben", "kan", "kunnen", "bij", "uit", "te", "tot", "nog", "wel", "geen", "alle", "alles",
		"sommige", "klanten", "betalingen", "mislukken", "traag", "trage", "dienst", "diensten", "storing", "probleem", "problemen", "oorzaak", "gevonden",
		"onderzoeken", "onderzoek", "werken", "sinds", "tussen", "zodra", "excuses", "ongemak", "momenteel", "bewaken", "houden", "gaten", "om", "uur",
		// Words of other languages too.
		"de", "en", "we", "is", "was", "of", "in", "over", "door", "an", "had", "plan", "via", "pas", "me", "sur",
	},
	months: [12][]string{
		{"januari", "jan"}, {"februari", "feb"}, {"maart", "mrt"}, {"april", "apr"}, {"mei"}, {"juni", "jun"},
		{"juli", "jul"}, {"augustus", "aug"}, {"september", "sept", "sep"}, {"oktober", "okt"}, {"november", "nov"}, {"december", "dec"},
	},
	ordinals: []string{"e", "ste", "de"}, the: []string{"de", "den"}, dayFirst: true, onDay: []string{"op", "vanaf", "sinds"}, parts: []string{"van", "deel"},
	days: [7][]string{
		{"zondag", "zondagen"}, {"maandag", "maandagen"}, {"dinsdag", "dinsdagen"}, {"woensdag", "woensdagen"}, {"donderdag", "donderdagen"},
		{"vrijdag", "vrijdagen"}, {"zaterdag", "zaterdagen"},
	},
	shortDays: [7][]string{{"zo"}, {"ma"}, {"di"}, {"wo"}, {"do"}, {"vr"}, {"za"}},
	stops: []string{
		"ca", "u", "min", "nr", "zo", "ma", "di", "wo", "do", "vr", "za", "jan", "feb", "mrt", "apr", "jun", "jul", "aug", "sept", "sep", "okt", "nov", "dec",
	},
	hours:  []string{"uur", "u"},
	atHour: []string{"om", "tegen", "rond", "omstreeks", "vanaf", "tot", "voor", "uiterlijk", "tussen", "na", "rond de klok van"},
	lasts: []string{
		"binnen", "over", "gedurende", "meer dan", "minder dan", "ruim", "bijna", "elke", "ieder", "iedere", "om de", "duurde", "duurt", "storing van",
		"onderbreking van", "vertraging van", "wachttijd van",
	},
	dotted:    []string{"om", "tegen", "rond", "omstreeks", "uiterlijk"},
	zoneAfter: []string{"tijd"}, allTimes: []string{"tijden", "tijdstippen"},
	within: []string{"binnen", "over", "in"}, every: []string{"elke", "elk", "iedere", "ieder", "om de"},
	about: []string{"ongeveer", "circa", "ca", "de komende", "de", "het", "het komende", "maximaal", "hooguit", "ten hoogste", "uiterlijk", "zo'n"},
	numbers: []string{
		"een", "twee", "drie", "vier", "vijf", "tien", "vijftien", "twintig", "dertig", "veertig", "vijfenveertig", "zestig", "een half", "half", "een paar",
		"enkele", "anderhalf",
	},
	more:  []string{"komende"},
	units: []string{"minuut", "minuten", "min", "uur", "uren", "u", "dag", "dagen", "kwartier", "halfuur"},
	lengths: []string{
		"binnen het uur", "binnen het half uur", "binnen het kwartier", "elk uur", "ieder uur", "elk half uur", "ieder half uur", "elk halfuur",
		"ieder halfuur", "elk kwartier", "ieder kwartier", "om het uur", "om het half uur", "om het kwartier", "in het komende uur", "het komende uur",
	},
	next: []string{
		"volgende update", "volgende updates", "nieuwe update", "verdere update", "volgende statusupdate", "nieuwe statusupdate", "volgende bericht",
		"volgend bericht", "nieuw bericht", "volgende melding", "volgende mededeling", "volgende berichtgeving", "volgende informatie", "nadere informatie",
		"nadere berichtgeving", "update volgt", "houden u op de hoogte", "houden jullie op de hoogte", "brengen u op de hoogte",
		"op de hoogte", "informeren u", "informeren wij u", "informeren we u", "informeren jullie", "informeren we jullie", "laten u weten",
		"laten we u weten", "laten wij u weten", "laten we weten", "hoort u", "horen jullie", "u hoort", "komen we terug", "komen wij terug", "melden we ons",
		"melden wij ons", "melden ons", "updates elk", "updates elke", "update elk", "update elke", "updates om de", "update om de", "update om", "update over",
		"update binnen", "update uiterlijk", "update tegen", "update rond", "updaten",
	},
	told:    []string{"een update", "een statusupdate", "meer informatie", "informeren", "melden", "laten weten"},
	updates: []string{"update", "updates", "statusupdate", "statusupdates", "informeren", "bericht", "berichten", "melden"},
	future: []string{
		"zal", "zullen", "zou", "zouden", "verwachten", "verwacht", "verwachte", "verwachting", "hopen", "hopelijk", "streven", "moet", "moeten", "gaan",
		"plannen", "denken", "schatten", "inschatting", "vermoedelijk", "waarschijnlijk", "beloven",
	},
	mended: []string{
		"hersteld", "herstellen", "herstel", "opgelost", "oplossen", "op te lossen", "oplossing", "verholpen", "verhelpen", "gerepareerd", "repareren",
		"weer beschikbaar", "weer bereikbaar", "weer online", "weer werken", "weer werkt", "weer werkend", "weer normaal", "weer in de lucht",
		"weer op", "beschikbaar", "bereikbaar", "online", "operationeel", "terug", "voorbij", "klaar", "werkend", "verleden tijd",
	},
	willMend: []string{"herstellen we", "herstellen wij", "lossen we", "lossen wij", "lossen dit", "lossen het", "lossen dat", "verhelpen we", "verhelpen wij", "repareren we", "we herstellen", "wij herstellen"},
	foreseen: []string{"verwacht", "gepland", "voorzien", "wordt verwacht", "is gepland", "is voorzien"},
	present:  []string{"is", "zijn", "werkt", "werken"},
	becoming: []string{"wordt", "worden"},
	done: []string{
		"hersteld", "opgelost", "verholpen", "gerepareerd", "weer beschikbaar", "weer bereikbaar", "weer online", "weer in de lucht", "weer normaal",
		"alles weer", "het weer", "alle diensten weer",
	},
	past:    []string{"was", "waren", "werd", "werden", "is", "zijn", "heeft", "hebben", "had", "hadden", "geweest"},
	unless:  []string{"als", "zodra", "wanneer", "totdat", "tot", "nadat", "na", "indien", "voordat", "zo snel mogelijk nadat"},
	by:      []string{"om", "tegen", "voor", "rond", "omstreeks", "uiterlijk", "uiterlijk om", "binnen", "vanaf", "ten laatste om", "ten laatste"},
	again:   []string{"weer", "volledig", "helemaal"},
	byFirst: []string{"tegen", "voor", "uiterlijk", "uiterlijk om", "binnen", "vanaf"},
	until:   []string{"tot", "tot en met"},
	late:    true,
	promised: []string{
		"verwachte hersteltijd", "verwachte oplostijd", "hersteltijd", "oplostijd", "verwachte eindtijd", "geschatte hersteltijd", "geschatte oplostijd",
		"verwachte tijd van herstel", "tijdstip van herstel", "eta",
	},
	vague: []string{
		"spoedig", "binnenkort", "zo meteen", "straks", "morgen", "morgenochtend", "vanavond", "vannacht",
		"einde van de dag", "eind van de dag", "in de loop van de dag", "in de loop van de middag", "in de loop van de avond", "middernacht",
		"elk moment", "ieder moment", "zo dadelijk", "dadelijk",
	},
	today:  []string{"vandaag", "vanmiddag", "vanochtend", "vanmorgen"},
	no:     []string{"geen", "niet", "nooit", "zonder", "noch"},
	things: []string{"gegevens", "data", "klantgegevens", "persoonsgegevens", "records"},
	fates: []string{
		"verlies", "verloren", "kwijt", "intact", "veilig", "getroffen", "geraakt", "gelekt", "lek", "blootgesteld", "beschadigd", "corrupt", "verwijderd",
		"gewist", "ingezien", "toegang", "ontbreken", "gecompromitteerd", "inbreuk", "compleet", "volledig", "buitgemaakt", "aangetast", "behouden", "gestolen",
		"hersteld", "bewaard",
	},
	losses: []string{
		"verlies", "verloren", "kwijt", "getroffen", "geraakt", "gelekt", "blootgesteld", "beschadigd", "ingezien", "gecompromitteerd", "buitgemaakt",
		"aangetast", "gestolen", "gewist",
	},
	said: []string{"dataverlies", "gegevensverlies", "datalek", "datalekken", "gegevenslek"},
}
